#include "http/metrics.h"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/guarded.h"

namespace parlance::http {
namespace {

template <typename T>
using Families = std::map<std::string, prometheus::Family<T>*>;

}  // namespace

struct Metrics::State {
  struct Known {
    Families<Counter> counters;
    Families<Gauge> gauges;
    Families<Histogram> histograms;
  };

  prometheus::Registry registry;
  Guarded<Known> known;
};

namespace {

template <typename T, typename Builder>
prometheus::Family<T>& family(Families<T>& families, Builder builder, prometheus::Registry& registry,
                              std::string const& name, std::string const& help) {
  auto*& found = families[name];
  if (found == nullptr) found = &builder.Name(name).Help(help).Register(registry);
  return *found;
}

}  // namespace

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string const& name, std::string const& help, Labels const& labels) {
  return state_->known.with([&](auto& known) -> Counter& {
    return family(known.counters, prometheus::BuildCounter(), state_->registry, name, help).Add(labels);
  });
}

Gauge& Metrics::gauge(std::string const& name, std::string const& help, Labels const& labels) {
  return state_->known.with([&](auto& known) -> Gauge& {
    return family(known.gauges, prometheus::BuildGauge(), state_->registry, name, help).Add(labels);
  });
}

Histogram& Metrics::histogram(std::string const& name, std::string const& help, std::vector<double> const& bounds,
                              Labels const& labels) {
  return state_->known.with([&](auto& known) -> Histogram& {
    return family(known.histograms, prometheus::BuildHistogram(), state_->registry, name, help).Add(labels, bounds);
  });
}

std::string Metrics::render() const { return prometheus::TextSerializer().Serialize(state_->registry.Collect()); }

std::vector<double> const& Metrics::latency_bounds() {
  static std::vector<double> const bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return bounds;
}

void count_request(Metrics& metrics, RouteMetrics& route, int status, double seconds) {
  auto* latency = route.latency.load(std::memory_order_acquire);
  if (latency == nullptr) {
    latency = &metrics.histogram("parlance_http_request_seconds", "Time from a request's head to its reply",
                                 Metrics::latency_bounds(), {{"method", route.method}, {"route", route.route}});
    route.latency.store(latency, std::memory_order_release);
  }
  latency->Observe(seconds);
  auto& slot = route.by_status[static_cast<std::size_t>(std::clamp(status, 100, 599) - 100)];
  auto* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &metrics.counter("parlance_http_requests_total", "Requests by route and status",
                               {{"method", route.method}, {"route", route.route}, {"code", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

}  // namespace parlance::http

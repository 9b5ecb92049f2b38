#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/close_reason.h"

namespace parlance::http {

using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Histogram = prometheus::Histogram;
using Labels = std::map<std::string, std::string>;

/// The process's Prometheus metrics. Any thread. The references stay valid as long as this; look a metric up once and
/// keep it, since the look-up takes a lock.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(Metrics const&) = delete;
  Metrics& operator=(Metrics const&) = delete;

  /// The one metric of that name and those labels, made on the first call. A name keeps its first help and kind.
  Counter& counter(std::string const& name, std::string const& help, Labels const& labels = {});
  Gauge& gauge(std::string const& name, std::string const& help, Labels const& labels = {});
  Histogram& histogram(std::string const& name, std::string const& help, std::vector<double> const& bounds,
                       Labels const& labels = {});

  /// Everything in the Prometheus text format.
  std::string render() const;

  /// Bounds in seconds that fit latencies from 0.1 ms to 10 s.
  static std::vector<double> const& latency_bounds();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What one route counts; the pointers are looked up once each, so that a request costs two atomic adds and one
/// histogram observation.
struct RouteMetrics {
  RouteMetrics(std::string_view method_name, std::string_view pattern) : method(method_name), route(pattern) {}

  std::string method;
  std::string route;
  std::atomic<Histogram*> latency = nullptr;
  std::array<std::atomic<Counter*>, 500> by_status{};  ///< index: status - 100
};

/// Counts one finished request. Any thread.
void count_request(Metrics& metrics, RouteMetrics& route, int status, double seconds);

}  // namespace parlance::http

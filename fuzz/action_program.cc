#include <string>
#include <vector>

#include "actions/sandbox.h"
#include "base/text.h"
#include "slices.h"

namespace {

using namespace parlance;
using fuzz::require;

/// Gives out and forgets.
class FakeHost : public actions::Host {
 public:
  Result<actions::Object> create(std::string_view type, boost::json::object fields) override {
    return actions::Object{std::string(type), 1, std::move(fields)};
  }
  Result<actions::Object> update(std::string_view type, std::int64_t id, boost::json::object fields) override {
    if (id != 1) return fail(Errc::not_found, "there is no such thing");
    return actions::Object{std::string(type), id, std::move(fields)};
  }
  Result<void> remove(std::string_view, std::int64_t) override { return {}; }
  Result<std::optional<actions::Object>> get(std::string_view, std::int64_t) override { return std::nullopt; }
  Result<std::vector<actions::Object>> query(std::string_view type, boost::json::object const& wanted,
                                             std::size_t limit) override {
    return std::vector<actions::Object>(limit < 3 ? limit : 3, {std::string(type), 1, wanted});
  }
  Result<void> post(std::string_view) override { return {}; }
  boost::json::object thread_info() override { return {{"id", 7}, {"relation_id", nullptr}}; }
  boost::json::object user_info() override { return {{"user_id", "anna"}}; }
  std::string now() override { return "2026-01-02T03:04:05Z"; }
  bool is_approved() override { return false; }
};

}  // namespace

// Whatever a program is, it ends within its limits, says what it has to say in UTF-8, and does so again.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  std::string_view const code(reinterpret_cast<char const*>(data), size);
  actions::Limits limits;
  limits.steps = 20'000;
  limits.memory_bytes = 1 << 20;
  limits.log_bytes = 1'000;
  // By steps alone: what the clock ends is not the same twice.
  limits.time = std::chrono::hours(1);
  FakeHost host;
  auto const first = actions::run_program(code, host, limits);
  require(first.has_value());
  require(is_utf8(first->error) && first->error.size() <= 500);
  require(is_utf8(first->log) && first->log.size() <= limits.log_bytes);
  auto const second = actions::run_program(code, host, limits);
  require(second.has_value() && second->error == first->error && second->log == first->log);
  return 0;
}

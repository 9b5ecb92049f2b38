#include "api/key_sets.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <deque>
#include <functional>
#include <map>
#include <thread>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/json.h"
#include "base/log.h"

namespace parlance::api {
namespace {

constexpr std::int64_t kLifetime = 10 * kMinute;
constexpr std::int64_t kLeastPause = 30 * kSecond;
constexpr std::int64_t kPauseAfterFailure = 5 * kSecond;
constexpr std::size_t kMostSets = 1000;
constexpr std::size_t kMostWaiting = 1000;
constexpr std::size_t kMostKeys = 100;
constexpr int kThreads = 2;

using Done = std::move_only_function<void(Result<void>)>;

struct KeySet {
  std::vector<JwksKey> keys;
  std::int64_t fetched_at = 0;  ///< monotonic; 0 = never
  std::int64_t next_try = 0;    ///< monotonic
  bool is_being_fetched = false;
  std::vector<Done> waiting;
};

bool has(KeySet const& set, std::string_view key_id) {
  return key_id.empty() || std::ranges::any_of(set.keys, [&](JwksKey const& key) { return key.id == key_id; });
}

bool is_for_signatures(boost::json::object const& jwk) {
  auto const* use = jwk.if_contains("use");
  return use == nullptr || (use->is_string() && use->get_string() == "sig");
}

}  // namespace

Result<std::vector<JwksKey>> parse_key_set(std::string_view json) {
  auto const parsed = parse_json(json);
  auto const* listed = parsed && parsed->is_object() ? parsed->get_object().if_contains("keys") : nullptr;
  if (listed == nullptr || !listed->is_array()) return invalid("jwks_url", "jwks_url does not lead to a JWK set");
  std::vector<JwksKey> keys;
  for (auto const& item : listed->get_array()) {
    if (!item.is_object() || !is_for_signatures(item.get_object()) || keys.size() == kMostKeys) continue;
    auto key = JwtKey::from_jwk(item.get_object());
    if (!key) continue;
    auto const* id = item.get_object().if_contains("kid");
    keys.push_back({id != nullptr && id->is_string() ? std::string(id->get_string()) : "", *std::move(key)});
  }
  return keys;
}

struct KeySets::Shared {
  struct State {
    std::map<std::string, KeySet, std::less<>> sets;
    std::deque<std::string> to_fetch;
    bool is_stopping = false;
  };

  outbound::HttpClient const& client;
  outbound::Reach reach;
  Guarded<State> state;
  std::vector<std::jthread> threads;

  /// Calls `done` when the set is as good as it will get for that key: at once, or after a fetch.
  void prepare(std::string const& url, std::string_view key_id, Done done);
  void serve();
  Result<std::vector<JwksKey>> fetch(std::string const& url) const;
};

void KeySets::Shared::prepare(std::string const& url, std::string_view key_id, Done done) {
  Result<void> answer;
  bool const is_waiting = state.with([&](State& now_state) {
    if (now_state.sets.size() >= kMostSets && !now_state.sets.contains(url))
      std::erase_if(now_state.sets, [](auto const& entry) { return !entry.second.is_being_fetched; });
    auto& set = now_state.sets[url];
    auto const time = monotonic_now();
    bool const is_fresh = set.fetched_at != 0 && time - set.fetched_at < kLifetime;
    bool const is_enough = is_fresh && has(set, key_id);
    if (is_enough || (!set.is_being_fetched && time < set.next_try)) {
      if (set.fetched_at == 0) answer = fail(Errc::unavailable, "the issuer's keys cannot be fetched");
      return false;
    }
    if (now_state.is_stopping || set.waiting.size() >= kMostWaiting) {
      answer = fail(Errc::unavailable, "the issuer's keys cannot be fetched");
      return false;
    }
    set.waiting.push_back(std::move(done));
    if (!set.is_being_fetched) now_state.to_fetch.push_back(url);
    set.is_being_fetched = true;
    return true;
  });
  if (is_waiting) {
    state.notify_one();
  } else {
    done(std::move(answer));
  }
}

void KeySets::Shared::serve() {
  for (;;) {
    auto const url =
        state.wait([](State const& now_state) { return now_state.is_stopping || !now_state.to_fetch.empty(); },
                   [](State& now_state) -> std::optional<std::string> {
                     if (now_state.is_stopping) return std::nullopt;
                     auto next = std::move(now_state.to_fetch.front());
                     now_state.to_fetch.pop_front();
                     return next;
                   });
    if (!url) return;
    auto keys = fetch(*url);
    if (!keys) log::warn("the key set at {} cannot be fetched: {}", *url, keys.error().message);
    auto waiting = state.with([&](State& now_state) {
      auto& set = now_state.sets[*url];
      set.is_being_fetched = false;
      set.next_try = monotonic_now() + (keys ? kLeastPause : kPauseAfterFailure);
      if (keys) {
        set.keys = *std::move(keys);
        set.fetched_at = monotonic_now();
      }
      return std::exchange(set.waiting, {});
    });
    for (auto& done : waiting) done({});
  }
}

Result<std::vector<JwksKey>> KeySets::Shared::fetch(std::string const& url) const {
  outbound::CallOptions options;
  options.url = url;
  options.headers = {{"Accept", "application/jwk-set+json, application/json"}};
  options.timeout = std::chrono::seconds(5);
  options.max_reply_bytes = 256 << 10;
  options.reach = reach;
  auto const reply = TRY(client.call(std::move(options)));
  if (reply.status != 200) return fail(Errc::unavailable, "status " + std::to_string(reply.status));
  return parse_key_set(reply.body);
}

KeySets::KeySets(outbound::HttpClient const& client, outbound::Reach reach)
    : shared_(std::make_shared<Shared>(client, reach)) {
  for (int i = 0; i < kThreads; ++i) shared_->threads.emplace_back([shared = shared_.get()] { shared->serve(); });
}

KeySets::~KeySets() {
  shared_->state.with([](Shared::State& state) { state.is_stopping = true; });
  shared_->state.notify_all();
  shared_->threads.clear();
  auto sets = shared_->state.with([](Shared::State& state) { return std::exchange(state.sets, {}); });
  for (auto& [url, set] : sets)
    for (auto& done : set.waiting) done({});
}

Task<Result<std::vector<JwtKey>>> KeySets::find(std::string url, std::string key_id, Executor& executor) {
  CO_TRY(co_await callback<Result<void>>(executor,
                                         [&](auto resume) { shared_->prepare(url, key_id, std::move(resume)); }));
  co_return shared_->state.with([&](Shared::State const& state) -> Result<std::vector<JwtKey>> {
    auto const set = state.sets.find(url);
    if (set == state.sets.end() || set->second.fetched_at == 0)
      return fail(Errc::unavailable, "the issuer's keys cannot be fetched");
    std::vector<JwtKey> keys;
    for (auto const& key : set->second.keys)
      if (key_id.empty() || key.id == key_id) keys.push_back(key.key);
    return keys;
  });
}

}  // namespace parlance::api

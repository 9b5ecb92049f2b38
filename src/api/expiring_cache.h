#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/ids.h"

namespace parlance::api {

/// What was read from the database a moment ago, by text key. Each entry belongs to a tenant, and may belong to a user,
/// whose changes end it. Any thread.
template <typename Value>
class ExpiringCache {
 public:
  /// How long a change that this process is not told of stays unseen.
  static constexpr std::int64_t kLifetime = 30 * kSecond;

  /// Beyond `capacity` the older half goes.
  explicit ExpiringCache(std::size_t capacity) : half_capacity_(capacity / 2 + 1) {}

  std::optional<Value> find(std::string_view key, std::int64_t now) const {
    return state_.with([&](State const& state) -> std::optional<Value> {
      for (auto const* half : {&state.young, &state.old}) {
        auto const found = half->entries.find(key);
        if (found != half->entries.end() && now < found->second.expires) return found->second.value;
      }
      return std::nullopt;
    });
  }

  /// Take one before reading from the database: what was forgotten meanwhile is then not put.
  std::uint64_t ticket() const {
    return state_.with([](State const& state) { return state.forgotten; });
  }

  void put(std::uint64_t ticket, std::string key, TenantId tenant, UserId user, Value value, std::int64_t now) {
    state_.with([&](State& state) {
      if (ticket != state.forgotten) return;
      if (state.young.entries.size() >= half_capacity_) state.old = std::exchange(state.young, {});
      state.young.put(std::move(key), Entry{std::move(value), tenant, user, now + kLifetime});
    });
  }

  void forget(TenantId tenant) {
    state_.with([&](State& state) {
      ++state.forgotten;
      for (auto* half : {&state.young, &state.old}) half->forget(tenant);
    });
  }

  void forget(UserId user) {
    state_.with([&](State& state) {
      ++state.forgotten;
      for (auto* half : {&state.young, &state.old}) half->forget(user);
    });
  }

  void forget_all() {
    state_.with([](State& state) {
      ++state.forgotten;
      state.young = {};
      state.old = {};
    });
  }

  std::size_t size() const {
    return state_.with([](State const& state) { return state.young.entries.size() + state.old.entries.size(); });
  }

  /// For tests: the entries that are noted as a user's. Never more than size().
  std::size_t owned_size() const {
    return state_.with([](State const& state) { return state.young.by_user.size() + state.old.by_user.size(); });
  }

 private:
  struct Entry {
    Value value;
    TenantId tenant;
    UserId user;
    std::int64_t expires = 0;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  struct Half {
    void put(std::string key, Entry entry) {
      auto const found = entries.find(key);
      if (found == entries.end()) {
        if (entry.user) by_user.emplace(entry.user, key);
        entries.emplace(std::move(key), std::move(entry));
        return;
      }
      if (found->second.user != entry.user) {
        disown(found->second.user, key);
        if (entry.user) by_user.emplace(entry.user, std::move(key));
      }
      found->second = std::move(entry);
    }

    void forget(TenantId tenant) {
      std::erase_if(by_user, [&](auto const& owned) { return entries.at(owned.second).tenant == tenant; });
      std::erase_if(entries, [&](auto const& entry) { return entry.second.tenant == tenant; });
    }

    void forget(UserId user) {
      auto const [first, last] = by_user.equal_range(user);
      for (auto each = first; each != last; ++each) entries.erase(each->second);
      by_user.erase(first, last);
    }

    void disown(UserId user, std::string const& key) {
      auto const [first, last] = by_user.equal_range(user);
      for (auto each = first; each != last; ++each)
        if (each->second == key) return void(by_user.erase(each));
    }

    std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries;
    std::unordered_multimap<UserId, std::string> by_user;  // each entry of a user's once
  };
  struct State {
    Half young;
    Half old;
    std::uint64_t forgotten = 0;
  };

  std::size_t half_capacity_;
  Guarded<State> state_;
};

}  // namespace parlance::api

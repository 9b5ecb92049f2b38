#pragma once

// The insides of describe.h: include that.

#include <fmt/format.h>

#include "base/text.h"
#include "http/describe.h"

namespace parlance::http::detail {

/// Where in the value the decoder stands; rendered only when something is wrong.
struct Path {
  Path const* parent = nullptr;
  std::string_view name;
  std::size_t index = 0;

  std::string text() const;
};

/// "members must be an array of strings", with the path as field.
std::unexpected<Error> must_be(Path const& path, std::string_view what);
std::unexpected<Error> is_required(Path const& path);

/// "default_" is "default" on the wire.
constexpr std::string_view wire_name(std::string_view name) {
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

/// The body's JSON, {} for an empty one.
Result<boost::json::value> body_json(Request const& request);

template <typename T>
struct Codec;

template <typename T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <typename T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

template <typename T>
struct MayBeAbsent : std::false_type {};
template <typename T>
struct MayBeAbsent<std::optional<T>> : std::true_type {};
template <typename T>
struct MayBeAbsent<Patch<T>> : std::true_type {};

template <DescribedStruct T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <DescribedStruct T, typename Action>
void for_each_member(Action&& action) {
  boost::mp11::mp_for_each<MembersOf<T>>(std::forward<Action>(action));
}

template <>
struct Codec<std::string> {
  static std::string what() { return "a string"; }
  static std::string plural() { return "strings"; }
  static Result<std::string> decode(boost::json::value const& json, Path const& path);
  static void encode(JsonWriter& out, std::string const& value) { out.value(value); }
};

template <>
struct Codec<bool> {
  static std::string what() { return "true or false"; }
  static std::string plural() { return "booleans"; }
  static Result<bool> decode(boost::json::value const& json, Path const& path);
  static void encode(JsonWriter& out, bool value) { out.value(value); }
};

template <>
struct Codec<std::int64_t> {
  static std::string what() { return "an integer"; }
  static std::string plural() { return "integers"; }
  static Result<std::int64_t> decode(boost::json::value const& json, Path const& path);
  static void encode(JsonWriter& out, std::int64_t value) { out.value(value); }
};

template <>
struct Codec<int> {
  static std::string what() { return "a 32-bit integer"; }
  static std::string plural() { return "32-bit integers"; }
  static Result<int> decode(boost::json::value const& json, Path const& path);
  static void encode(JsonWriter& out, int value) { out.value(value); }
};

template <>
struct Codec<double> {
  static std::string what() { return "a number"; }
  static std::string plural() { return "numbers"; }
  static Result<double> decode(boost::json::value const& json, Path const& path);
  static void encode(JsonWriter& out, double value) { out.value(value); }
};

template <>
struct Codec<boost::json::value> {
  static std::string what() { return "a JSON value"; }
  static std::string plural() { return "JSON values"; }
  static Result<boost::json::value> decode(boost::json::value const& json, Path const&) { return json; }
  static void encode(JsonWriter& out, boost::json::value const& value) { out.raw(boost::json::serialize(value)); }
};

template <>
struct Codec<boost::json::object> {
  static std::string what() { return "an object"; }
  static std::string plural() { return "objects"; }
  static Result<boost::json::object> decode(boost::json::value const& json, Path const& path);
  static void encode(JsonWriter& out, boost::json::object const& value) { out.raw(boost::json::serialize(value)); }
};

template <typename T>
struct Codec<std::optional<T>> {
  static std::string what() { return Codec<T>::what(); }
  static std::string plural() { return Codec<T>::plural(); }
  static Result<std::optional<T>> decode(boost::json::value const& json, Path const& path) {
    if (json.is_null()) return std::optional<T>();
    return std::optional<T>(TRY(Codec<T>::decode(json, path)));
  }
  static void encode(JsonWriter& out, std::optional<T> const& value) {
    value ? Codec<T>::encode(out, *value) : static_cast<void>(out.null());
  }
};

template <typename T>
struct Codec<Patch<T>> {
  static std::string what() { return Codec<T>::what() + " or null"; }
  static std::string plural() { return Codec<T>::plural(); }
  static Result<Patch<T>> decode(boost::json::value const& json, Path const& path) {
    return Patch<T>{true, TRY(Codec<std::optional<T>>::decode(json, path))};
  }
  static void encode(JsonWriter& out, Patch<T> const& value) { Codec<std::optional<T>>::encode(out, value.value); }
};

template <typename T>
struct Codec<Nullable<T>> {
  static std::string what() { return Codec<T>::what() + " or null"; }
  static std::string plural() { return Codec<T>::plural(); }
  static Result<Nullable<T>> decode(boost::json::value const& json, Path const& path) {
    return Nullable<T>{TRY(Codec<std::optional<T>>::decode(json, path))};
  }
  static void encode(JsonWriter& out, Nullable<T> const& value) { Codec<std::optional<T>>::encode(out, value.value); }
};

template <typename T>
struct Codec<std::vector<T>> {
  static std::string what() { return "an array of " + Codec<T>::plural(); }
  static std::string plural() { return "arrays of " + Codec<T>::plural(); }
  static Result<std::vector<T>> decode(boost::json::value const& json, Path const& path) {
    if (!json.is_array()) return must_be(path, what());
    std::vector<T> items;
    items.reserve(json.get_array().size());
    for (auto const& item : json.get_array()) {
      items.push_back(TRY(Codec<T>::decode(item, Path{&path, {}, items.size()})));
    }
    return items;
  }
  static void encode(JsonWriter& out, std::vector<T> const& value) {
    out.begin_array();
    for (auto const& item : value) Codec<T>::encode(out, item);
    out.end_array();
  }
};

template <typename T>
struct Codec<std::map<std::string, T>> {
  static std::string what() { return "an object of " + Codec<T>::plural(); }
  static std::string plural() { return "objects of " + Codec<T>::plural(); }
  static Result<std::map<std::string, T>> decode(boost::json::value const& json, Path const& path) {
    if (!json.is_object()) return must_be(path, what());
    std::map<std::string, T> items;
    for (auto const& [key, value] : json.get_object()) {
      items.emplace(std::string(key), TRY(Codec<T>::decode(value, Path{&path, key, 0})));
    }
    return items;
  }
  static void encode(JsonWriter& out, std::map<std::string, T> const& value) {
    out.begin_object();
    for (auto const& [key, item] : value) Codec<T>::encode(out.key(key), item);
    out.end_object();
  }
};

template <DescribedEnum T>
struct Codec<T> {
  static std::string what() {
    std::string names;
    for_each([&](auto const& enumerator) {
      names += names.empty() ? "one of " : ", ";
      names += wire_name(enumerator.name);
    });
    return names;
  }
  static std::string plural() { return "values, each " + what(); }
  static Result<T> decode(boost::json::value const& json, Path const& path) {
    if (!json.is_string()) return must_be(path, what());
    std::string_view const text = json.get_string();
    std::optional<T> found;
    for_each([&](auto const& enumerator) {
      if (wire_name(enumerator.name) == text) found = enumerator.value;
    });
    if (!found) return must_be(path, what());
    return *found;
  }
  static void encode(JsonWriter& out, T value) {
    bool known = false;
    for_each([&](auto const& enumerator) {
      if (!known && enumerator.value == value) {
        out.value(wire_name(enumerator.name));
        known = true;
      }
    });
    if (!known) out.null();
  }
  template <typename Action>
  static void for_each(Action&& action) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(std::forward<Action>(action));
  }
};

template <DescribedStruct T>
struct Codec<T> {
  static std::string what() { return "an object"; }
  static std::string plural() { return "objects"; }

  static Result<T> decode(boost::json::value const& json, Path const& path) {
    if (!json.is_object()) return must_be(path, what());
    T object{};
    std::optional<Error> wrong;
    for_each_member<T>([&](auto member) {
      if (!wrong) wrong = decode_member(object, member, json.get_object(), path);
    });
    if (wrong) return std::unexpected(std::move(*wrong));
    return object;
  }

  template <typename Member>
  static std::optional<Error> decode_member(T& object, Member member, boost::json::object const& json,
                                            Path const& path) {
    using Value = std::remove_cvref_t<decltype(object.*member.pointer)>;
    Path const here{&path, wire_name(member.name), 0};
    auto const* value = json.if_contains(here.name);
    if (value == nullptr) {
      if (MayBeAbsent<Value>::value) return std::nullopt;
      return std::move(is_required(here)).error();
    }
    auto decoded = Codec<Value>::decode(*value, here);
    if (!decoded) return std::move(decoded).error();
    object.*member.pointer = std::move(*decoded);
    return std::nullopt;
  }

  static void encode(JsonWriter& out, T const& object) {
    out.begin_object();
    for_each_member<T>([&](auto member) {
      auto const& value = object.*member.pointer;
      if (is_absent(value)) return;
      Codec<std::remove_cvref_t<decltype(value)>>::encode(out.key(wire_name(member.name)), value);
    });
    out.end_object();
  }

  template <typename Value>
  static bool is_absent(Value const&) {
    return false;
  }
  template <typename Value>
  static bool is_absent(std::optional<Value> const& value) {
    return !value;
  }
  template <typename Value>
  static bool is_absent(Patch<Value> const& value) {
    return !value.present;
  }
};

}  // namespace parlance::http::detail

namespace parlance::http {

template <typename T>
Result<T> decode(boost::json::value const& json) {
  return detail::Codec<T>::decode(json, detail::Path{});
}

template <typename T>
Result<T> decode_body(Request const& request) {
  return decode<T>(TRY(detail::body_json(request)));
}

template <typename T>
void encode(JsonWriter& out, T const& value) {
  detail::Codec<T>::encode(out, value);
}

}  // namespace parlance::http

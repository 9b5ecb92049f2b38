#include "dialects/structchat/search_parameters.h"

#include <boost/mp11/algorithm.hpp>
#include <string>
#include <utility>

#include "base/text.h"

namespace parlance::structchat {
namespace {

using api::StructType;
using search::Column;
using search::typesense::Parameters;

std::unexpected<Error> no_parameter(std::string_view name) {
  return invalid(std::string(name), "must be a text, a whole number, true or false, or a list of these");
}

Result<std::string> scalar_text(std::string_view name, boost::json::value const& json) {
  if (auto const* text = json.if_string()) return std::string(text->begin(), text->end());
  if (auto const* number = json.if_int64()) return std::to_string(*number);
  if (auto const* number = json.if_uint64()) return std::to_string(*number);
  if (auto const* flag = json.if_bool()) return std::string(*flag ? "true" : "false");
  return no_parameter(name);
}

Result<std::string> parameter_text(std::string_view name, boost::json::value const& json) {
  auto const* list = json.if_array();
  if (list == nullptr) return scalar_text(name, json);
  std::string text;
  for (auto const& part : *list) {
    if (!text.empty()) text += ',';
    text += TRY(scalar_text(name, part));
  }
  return text;
}

Result<Parameters> body_parameters(SearchBody const& body) {
  Parameters parameters;
  Result<void> outcome;
  using Members = boost::describe::describe_members<SearchBody, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>([&](auto member) {
    Json const& json = body.*member.pointer;
    if (!outcome || !json) return;
    auto text = parameter_text(member.name, *json);
    if (text)
      parameters.emplace(member.name, *std::move(text));
    else
      outcome = std::unexpected(std::move(text).error());
  });
  TRY(std::move(outcome));
  return parameters;
}

/// Which type of id a column holds; empty where it holds none.
std::optional<StructType> id_type_of(Column column) {
  switch (column) {
    case Column::id: return StructType::thread;
    case Column::org_id: return StructType::org;
    case Column::author_id:
    case Column::user_ids: return StructType::user;
    case Column::xsr_ids: return StructType::channel;
    case Column::tags:
    case Column::created_at:
    case Column::updated_at:
    case Column::num_chats:
    case Column::resolved:
    case Column::subject:
    case Column::summary:
    case Column::chats: return std::nullopt;
  }
  std::unreachable();
}

}  // namespace

Result<Parameters> search_parameters_of(http::Request const& request) {
  auto const body = TRY(http::decode_body<SearchBody>(request));
  auto parameters = TRY(body_parameters(body));
  for (auto const name : search::typesense::parameter_names()) {
    if (parameters.contains(name)) continue;
    if (auto text = request.query(name)) parameters.emplace(name, *std::move(text));
  }
  return parameters;
}

std::int64_t search_id_of(Column column, std::string_view text) {
  constexpr std::int64_t kNothings = -1;
  auto type = id_type_of(column);
  // A channel's own log is a thread with the channel's integer.
  if (column == Column::id && api::struct_type_of(text) == StructType::channel) type = StructType::channel;
  if (!type) return kNothings;
  return api::parse_struct(*type, text).value_or(kNothings);
}

std::string spell_search_value(Column column, std::string const& value) {
  if (column == Column::resolved) return value == "0" ? "false" : "true";
  auto const type = id_type_of(column);
  auto const number = parse_integer(value);
  return type && number ? api::spell_struct(*type, *number) : value;
}

}  // namespace parlance::structchat

#include "app/config_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/text.h"

namespace parlance::app {
namespace {

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

Option const kOptions[] = {
    Option("listen", &Config::listen, "Address and port to listen on; port 0 picks a free one."),
    Option("data", &Config::data, "Directory of the database and the files.").about_database(),
    Option("database", &Config::database, "postgres://… or sqlite:FILE in place of SQLite in the data directory.")
        .secret()
        .about_database(),
    Option(
        "bus", &Config::bus,
        "nats://HOST:PORT (or tls://) of the NATS that joins several nodes over one PostgreSQL database; default: one "
        "node.")
        .secret(),
    Option("tls_cert", &Config::tls_cert, "PEM file with the certificate chain; with tls_key: HTTPS."),
    Option("tls_key", &Config::tls_key, "PEM file with its private key."),
    Option("quickstart", &Config::quickstart, "On an empty database: make a tenant and print its key."),
    Option("master_key", &Config::master_key, "The operator's key for /admin/tenants; without one it is off.").secret(),
    Option("log_level", &Config::log_level, "How much is logged.")
        .one_of({"trace", "debug", "info", "warning", "error", "off"})
        .about_database(),
    Option("log_format", &Config::log_format, "One line per request, as text or JSON.").one_of({"text", "json"}),
    Option("default_rate_limit", &Config::default_rate_limit,
           "Requests a second of a tenant that is created without a limit of its own; 0: no limit.")
        .at_most(1'000'000)
        .about_database(),
    Option("io_threads", &Config::io_threads, "Threads for connections; 0: one per processor.").at_most(1024),
    Option("read_threads", &Config::read_threads, "Connections that read the database.").within(1, 1024),
    Option("write_lanes", &Config::write_lanes, "Connections that write it; 0: 1 on SQLite, 4 on PostgreSQL.")
        .at_most(256),
    Option("write_queue", &Config::write_queue, "Writes that may wait for one of these; a further one gets 503.")
        .within(1, 1'000'000),
    Option("worker_threads", &Config::worker_threads, "Jobs that run at the same time.").within(1, 256),
    Option("max_connections", &Config::max_connections, "Connections at once; a further one gets 503.").at_least(1),
    Option("max_body_bytes", &Config::max_body_bytes, "Longest request body, where a route has no limit of its own.")
        .within(1024, 1 << 30),
    Option("drain_timeout_ms", &Config::drain_timeout_ms, "How long requests in progress may take to end at a stop.")
        .at_most(kDayMs),
    Option("allowed_origins", &Config::allowed_origins,
           "Origins that browsers may call from, separated by commas; * is any. Default: only pages of this host."),
    Option("ws_max_connections_per_user", &Config::ws_max_connections_per_user, "WebSockets of one user at once.")
        .within(1, 100'000),
    Option("ws_ping_interval_ms", &Config::ws_ping_interval_ms, "Silence before a WebSocket is pinged; 0: never.")
        .at_most(kDayMs),
    Option("ws_idle_timeout_ms", &Config::ws_idle_timeout_ms, "Silence before a WebSocket is given up; 0: never.")
        .at_most(kDayMs),
    Option("ws_queue_bytes", &Config::ws_queue_bytes, "What may wait for a slow reader before it is closed.")
        .within(1024, 1 << 30),
    Option("struct_away_ms", &Config::struct_away_ms, "Struct: silence after which a user is away.")
        .within(100, kDayMs),
    Option("presence_grace_ms", &Config::presence_grace_ms,
           "How long a user without a connection still counts as online.")
        .at_most(kDayMs),
    Option("centrifugo_ping_interval_ms", &Config::centrifugo_ping_interval_ms,
           "Between the pings of the Centrifugo protocol; 0: none.")
        .at_most(kDayMs),
    Option("centrifugo_pong_timeout_ms", &Config::centrifugo_pong_timeout_ms,
           "How long a client may take to answer one.")
        .within(1, kDayMs),
    Option("centrifugo_connect_timeout_ms", &Config::centrifugo_connect_timeout_ms,
           "How long a client of the Centrifugo protocol may take to connect.")
        .within(1, kDayMs),
    Option("centrifugo_expired_grace_ms", &Config::centrifugo_expired_grace_ms,
           "How long a connection outlives its token while the client fetches another.")
        .at_most(kDayMs),
    Option("centrifugo_max_connections_per_user", &Config::centrifugo_max_connections_per_user,
           "Connections of the Centrifugo protocol of one user at once.")
        .within(1, 100'000),
    Option("centrifugo_api", &Config::centrifugo_api,
           "URL of an external Centrifugo's server API, to which events are also published; empty: none."),
    Option("centrifugo_key", &Config::centrifugo_key, "Its API key.").secret(),
    Option("sse_ping_interval_ms", &Config::sse_ping_interval_ms, "How often an event stream is pinged.")
        .within(1000, kDayMs),
    Option("chat_write_burst", &Config::chat_write_burst,
           "Anytype: writes that one caller may do at once on one route; 0: no limit.")
        .at_most(1'000'000),
    Option("chat_write_rate", &Config::chat_write_rate, "Anytype: such writes a second once the burst is used up.")
        .within(1, 1'000'000),
    Option("max_upload_bytes", &Config::max_upload_bytes, "Longest file that is taken.").within(1, 1LL << 30),
    Option("unused_file_ms", &Config::unused_file_ms,
           "How long a file that no message refers to is kept, from its upload on.")
        .within(1, 365 * kDayMs),
    Option("file_collection_ms", &Config::file_collection_ms, "Between two searches for such files.")
        .within(100, 365 * kDayMs),
    Option("s3_endpoint", &Config::s3_endpoint,
           "Origin of an S3-compatible service that holds the files in place of the data directory."),
    Option("s3_bucket", &Config::s3_bucket, "Its bucket, which must exist."),
    Option("s3_region", &Config::s3_region, "Its region."),
    Option("s3_access_key", &Config::s3_access_key, "The key that it knows this server by."),
    Option("s3_secret_key", &Config::s3_secret_key, "The secret of that key.").secret(),
    Option("retry_base_ms", &Config::retry_base_ms,
           "Wait before the second attempt of a delivery; it doubles from there.")
        .within(1, kDayMs),
    Option("retry_max_attempts", &Config::retry_max_attempts, "Attempts before a delivery becomes a dead letter.")
        .within(1, 1000),
    Option("webhook_allow_private", &Config::webhook_allow_private,
           "Webhooks may go to loopback and private addresses."),
    Option("webhook_timeout_ms", &Config::webhook_timeout_ms, "How long a webhook's receiver may take.")
        .within(100, 120'000),
    Option("summarizer_url", &Config::summarizer_url,
           "Base of an OpenAI-compatible service that makes threads' subjects and summaries; empty: made here."),
    Option("summarizer_key", &Config::summarizer_key, "Its bearer token.").secret(),
    Option("summarizer_model", &Config::summarizer_model, "The model that is asked for."),
    Option("summarizer_timeout_ms", &Config::summarizer_timeout_ms, "How long it may take.").within(100, 600'000),
    Option("unfurl_links", &Config::unfurl_links, "Links in messages are fetched and shown with them."),
    Option("unfurl_allow_private", &Config::unfurl_allow_private,
           "Link previews may come from loopback and private addresses."),
    Option("jwks_allow_private", &Config::jwks_allow_private, "Key sets may come from loopback and private addresses."),
    Option("event_retention_hours", &Config::event_retention_hours, "How long events can be replayed.")
        .within(1, 24 * 365 * 100),
    Option("idempotency_retention_hours", &Config::idempotency_retention_hours,
           "How long an Idempotency-Key is remembered.")
        .within(24, 24 * 365),
};

std::string bad_value(Option const& option, std::string_view where, std::string_view what) {
  return fmt::format("{} ({}) must be {}", option.name, where, what);
}

Result<std::int64_t> number_of(Option const& option, std::string_view text, std::string_view where) {
  auto const value = parse_integer(text);
  if (value && *value >= option.least && *value <= option.most) return *value;
  return invalid(std::string(option.name),
                 bad_value(option, where, fmt::format("a whole number from {} to {}", option.least, option.most)));
}

Result<bool> flag_value_of(Option const& option, std::string_view text, std::string_view where) {
  auto const lower = to_lower_ascii(text);
  if (lower == "true" || lower == "1" || lower == "yes" || lower == "on") return true;
  if (lower == "false" || lower == "0" || lower == "no" || lower == "off") return false;
  return invalid(std::string(option.name), bad_value(option, where, "true or false"));
}

Result<std::string> text_of(Option const& option, std::string_view text, std::string_view where) {
  if (option.choices.empty() || std::ranges::find(option.choices, text) != option.choices.end())
    return std::string(text);
  return invalid(std::string(option.name),
                 bad_value(option, where, fmt::format("one of {}", fmt::join(option.choices, ", "))));
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    auto const comma = text.find(',');
    auto const item = trim(text.substr(0, comma));
    if (!item.empty()) items.emplace_back(item);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return items;
}

/// How many letters have to change (Levenshtein).
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      auto const changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

}  // namespace

Option Option::within(std::int64_t low, std::int64_t high) && {
  least = low;
  most = high;
  return std::move(*this);
}
Option Option::at_least(std::int64_t low) && {
  least = low;
  return std::move(*this);
}
Option Option::at_most(std::int64_t high) && {
  most = high;
  return std::move(*this);
}
Option Option::one_of(std::vector<std::string_view> words) && {
  choices = std::move(words);
  return std::move(*this);
}
Option Option::secret() && {
  is_secret = true;
  return std::move(*this);
}
Option Option::about_database() && {
  is_about_database = true;
  return std::move(*this);
}

std::span<Option const> options() { return kOptions; }

Option const* find_option(std::string_view name) {
  auto const found = std::ranges::find(options(), name, &Option::name);
  return found == options().end() ? nullptr : &*found;
}

std::string flag_of(Option const& option) {
  std::string flag = "--" + std::string(option.name);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string variable_of(Option const& option) {
  std::string variable = "PARLANCE_";
  for (char const c : option.name) variable += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return variable;
}

std::string_view nearest_option(std::string_view name) {
  auto const nearest =
      std::ranges::min_element(options(), {}, [&](Option const& option) { return distance(option.name, name); });
  return distance(nearest->name, name) <= std::max<std::size_t>(2, name.size() / 2) ? nearest->name : "";
}

Result<void> set_option(Config& config, Option const& option, std::string_view text, std::string_view where) {
  if (auto const* member = std::get_if<std::string Config::*>(&option.member)) {
    config.** member = TRY(text_of(option, text, where));
  } else if (auto const* number = std::get_if<std::int64_t Config::*>(&option.member)) {
    config.** number = TRY(number_of(option, text, where));
  } else if (auto const* flag = std::get_if<bool Config::*>(&option.member)) {
    config.** flag = TRY(flag_value_of(option, text, where));
  } else if (auto const* list = std::get_if<std::vector<std::string> Config::*>(&option.member)) {
    config.** list = list_of(text);
  }
  return {};
}

}  // namespace parlance::app

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parlance::app {

/// Everything that an operator may choose. Names, ranges and explanations of the options are in config_table.cc; the
/// defaults are here, each with its reason where it is not plain.
struct Config {
  std::string listen = "127.0.0.1:8080";  ///< loopback: what is reachable from outside is a decision
  std::string data = "data";
  std::string database;  ///< empty: SQLite in `data`
  std::string bus;       ///< empty or "local": this process is the only one
  std::string tls_cert;
  std::string tls_key;
  bool quickstart = false;
  std::string master_key;  ///< empty: no /admin/tenants
  std::string log_level = "info";
  std::string log_format = "text";

  std::int64_t default_rate_limit = 100;  ///< the source text's DEFAULT_RATE_LIMIT
  std::int64_t io_threads = 0;            ///< 0 = one per processor
  std::int64_t read_threads = 4;
  std::int64_t write_lanes = 0;     ///< 0 = the engine's own number
  std::int64_t write_queue = 8192;  ///< a fifth of a second's writes: what waits longer had better come again
  std::int64_t worker_threads = 2;
  std::int64_t max_connections = 100'000;
  std::int64_t max_body_bytes = 1 << 20;
  std::int64_t drain_timeout_ms = 10'000;  ///< the source text's SHUTDOWN_DRAIN_TIMEOUT

  std::vector<std::string> allowed_origins;
  std::int64_t ws_max_connections_per_user = 5;  ///< the source text's own number
  std::int64_t ws_ping_interval_ms = 30'000;
  std::int64_t ws_idle_timeout_ms = 60'000;
  std::int64_t ws_queue_bytes = 1 << 20;
  std::int64_t presence_grace_ms = 5'000;
  std::int64_t struct_away_ms = 600'000;  ///< the source text's own number

  // The Centrifugo protocol; the times are its own defaults.
  std::int64_t centrifugo_ping_interval_ms = 25'000;
  std::int64_t centrifugo_pong_timeout_ms = 8'000;
  std::int64_t centrifugo_connect_timeout_ms = 10'000;
  std::int64_t centrifugo_expired_grace_ms = 25'000;
  std::int64_t centrifugo_max_connections_per_user = 100;
  std::string centrifugo_api;  ///< empty: nothing is relayed
  std::string centrifugo_key;
  std::int64_t sse_ping_interval_ms = 30'000;  ///< the source text's own number
  std::int64_t chat_write_burst = 60;          ///< the original's own number
  std::int64_t chat_write_rate = 10;           ///< ten times the original's, which starves bots
  std::int64_t max_upload_bytes = 64 << 20;
  std::int64_t unused_file_ms = 24LL * 3600 * 1000;      ///< whoever uploads sends within minutes
  std::int64_t file_collection_ms = 24LL * 3600 * 1000;  ///< it looks at every file

  std::string s3_endpoint;  ///< empty: files lie in `data`
  std::string s3_bucket;
  std::string s3_region = "us-east-1";  ///< what most S3-compatible services take
  std::string s3_access_key;
  std::string s3_secret_key;

  std::int64_t retry_base_ms = 30'000;
  std::int64_t retry_max_attempts = 5;
  bool webhook_allow_private = false;
  std::int64_t webhook_timeout_ms = 10'000;
  std::string summarizer_url;  ///< empty: this server makes summaries by itself
  std::string summarizer_key;
  std::string summarizer_model = "default";
  std::int64_t summarizer_timeout_ms = 20'000;
  bool unfurl_links = true;
  bool unfurl_allow_private = false;
  bool jwks_allow_private = false;
  std::int64_t event_retention_hours = 30 * 24;
  std::int64_t idempotency_retention_hours = 48;  ///< twice what is promised
};

/// What was said, by option name ("retry_base_ms"), before it is understood.
struct ConfigSources {
  std::map<std::string, std::string> flags;
  std::map<std::string, std::string> environment;  ///< every variable of the process
  std::string file;                                ///< the path of --config, or empty
};

struct LoadedConfig {
  Config config;
  std::map<std::string, std::string>
      origins;  ///< option name -> "flag", "PARLANCE_…", the file's path; no entry: default
};

/// Puts the sources together: a flag beats the environment, which beats the file, which beats the default. The file is
/// `sources.file`, or what PARLANCE_CONFIG names. invalid_argument, its message a whole sentence for the operator,
/// where an option is unknown, out of range or of another type.
Result<LoadedConfig> load_config(ConfigSources const& sources);

/// The environment of this process.
std::map<std::string, std::string> process_environment();

/// The configuration as the TOML that would give it, each line with where its value came from. Secrets are masked.
std::string print_config(LoadedConfig const& loaded);

/// "host:port" or "[v6]:port" taken apart; invalid_argument on "listen".
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};
Result<ListenAddress> parse_listen(std::string_view text);

}  // namespace parlance::app

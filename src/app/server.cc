#include "app/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stop_token>
#include <utility>

#include "actions/engine.h"
#include "api/blocking_pool.h"
#include "api/credentials.h"
#include "api/middleware.h"
#include "api/process.h"
#include "api/rpc.h"
#include "api/services.h"
#include "app/cluster.h"
#include "app/open_blobs.h"
#include "app/open_bus.h"
#include "app/open_database.h"
#include "app/quickstart.h"
#include "app/server_metrics.h"
#include "app/stop_signal.h"
#include "base/log.h"
#include "dialects/admin/routes.h"
#include "dialects/anytype/routes.h"
#include "dialects/centrifugo/relay.h"
#include "dialects/centrifugo/routes.h"
#include "dialects/chatapi/routes.h"
#include "dialects/conversations/routes.h"
#include "dialects/snapbooks/routes.h"
#include "dialects/structchat/routes.h"
#include "files/media_type.h"
#include "http/server.h"
#include "jobs/worker.h"
#include "outbound/http_client.h"
#include "realtime/broker.h"
#include "realtime/presence.h"
#include "search/index.h"

namespace parlance::app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr milliseconds kCallPatience{2'000};

Result<http::ServerOptions> server_options(Config const& config) {
  auto const address = TRY(parse_listen(config.listen));
  http::ServerOptions options;
  options.host = address.host;
  options.port = address.port;
  options.io_threads = static_cast<int>(config.io_threads);
  options.tls_certificate = config.tls_cert;
  options.tls_key = config.tls_key;
  options.limits.connections = static_cast<std::size_t>(config.max_connections);
  options.limits.body = static_cast<std::size_t>(config.max_body_bytes);
  return options;
}

Result<std::unique_ptr<http::Server>> create_server(Config const& config, http::Router& router,
                                                    http::Pipeline& pipeline, http::Metrics& metrics) {
  auto const options = TRY(server_options(config));
  return http::Server::create(options, router, pipeline, metrics);
}

http::PipelineOptions pipeline_options(Config const& config) {
  return {.allowed_origins = config.allowed_origins,
          .access_log = config.log_format == "json" ? log::Format::json : log::Format::text};
}

jobs::WorkerOptions worker_options(Config const& config, std::stop_token cut_off) {
  jobs::WorkerOptions options;
  options.retry.base = milliseconds(config.retry_base_ms);
  options.retry.max_attempts = config.retry_max_attempts;
  options.threads = static_cast<int>(config.worker_threads);
  options.webhook_allow_private = config.webhook_allow_private;
  options.webhook_timeout = milliseconds(config.webhook_timeout_ms);
  options.summarizer = {config.summarizer_url, config.summarizer_key, config.summarizer_model,
                        milliseconds(config.summarizer_timeout_ms)};
  options.unfurl_links = config.unfurl_links;
  options.unfurl_allow_private = config.unfurl_allow_private;
  options.event_retention = hours(config.event_retention_hours);
  options.answer_retention = hours(config.idempotency_retention_hours);
  options.cut_off = std::move(cut_off);
  return options;
}

jobs::FileCollectionOptions file_collection_options(Config const& config) {
  return {.grace = milliseconds(config.unused_file_ms), .period = milliseconds(config.file_collection_ms)};
}

chatapi::Options chatapi_options(Config const& config) {
  chatapi::Options options;
  options.max_connections_per_user = static_cast<std::size_t>(config.ws_max_connections_per_user);
  options.ping_interval = milliseconds(config.ws_ping_interval_ms);
  options.idle_timeout = milliseconds(config.ws_idle_timeout_ms);
  options.queue_limit = static_cast<std::size_t>(config.ws_queue_bytes);
  return options;
}

anytype::Options anytype_options(Config const& config) {
  anytype::Options options;
  options.write_rate = {.burst = config.chat_write_burst, .per_second = config.chat_write_rate};
  options.ping_interval = milliseconds(config.sse_ping_interval_ms);
  options.max_upload_bytes = config.max_upload_bytes;
  return options;
}

structchat::Options structchat_options(Config const& config) {
  structchat::Options options;
  options.away_after = milliseconds(config.struct_away_ms);
  options.ping_interval = milliseconds(config.ws_ping_interval_ms);
  options.idle_timeout = milliseconds(config.ws_idle_timeout_ms);
  options.queue_limit = static_cast<std::size_t>(config.ws_queue_bytes);
  options.max_upload_bytes = config.max_upload_bytes;
  options.default_rate_limit = config.default_rate_limit;
  return options;
}

storage::LaneOptions lane_options(Config const& config, realtime::Broker& broker, ServerMetrics& metrics) {
  storage::LaneOptions options;
  options.lanes = static_cast<int>(config.write_lanes);
  options.queue_cap = static_cast<std::size_t>(config.write_queue);
  options.on_commit = [&broker](std::vector<model::LiveEvent> events) { broker.publish(std::move(events)); };
  options.observer = [&metrics](std::size_t size, std::int64_t micros) { metrics.observe_batch(size, micros); };
  return options;
}

centrifugo::Options centrifugo_options(Config const& config) {
  centrifugo::Options options;
  options.ping_interval = milliseconds(config.centrifugo_ping_interval_ms);
  options.pong_timeout = milliseconds(config.centrifugo_pong_timeout_ms);
  options.connect_timeout = milliseconds(config.centrifugo_connect_timeout_ms);
  options.expired_grace = milliseconds(config.centrifugo_expired_grace_ms);
  options.queue_limit = static_cast<std::size_t>(config.ws_queue_bytes);
  options.max_connections_per_user = static_cast<std::size_t>(config.centrifugo_max_connections_per_user);
  return options;
}

centrifugo::RelayOptions relay_options(Config const& config) {
  auto url = config.centrifugo_api;
  while (url.ends_with('/')) url.pop_back();
  return {.api_url = std::move(url), .api_key = config.centrifugo_key};
}

conversations::Options conversations_options(Config const& config) {
  conversations::Options options;
  options.max_upload_bytes = config.max_upload_bytes;
  return options;
}

std::string url_of(Config const& config, std::string_view host, std::uint16_t port) {
  auto const* scheme = config.tls_cert.empty() ? "http" : "https";
  bool const is_v6 = host.find(':') != std::string_view::npos;
  return is_v6 ? fmt::format("{}://[{}]:{}", scheme, host, port) : fmt::format("{}://{}:{}", scheme, host, port);
}

/// What a client on this machine calls: a wildcard is no address to connect to.
std::string local_url(Config const& config, std::string const& host, std::uint16_t port) {
  if (host == "0.0.0.0") return url_of(config, "127.0.0.1", port);
  return url_of(config, host == "::" ? "::1" : host, port);
}

Error explained(Config const& config, Error error) {
  if (error.code != Errc::unavailable) return error;
  error.message =
      fmt::format("{} on {}; is the port taken? --listen HOST:PORT names another one", error.message, config.listen);
  return error;
}

Result<void> announce(Config const& config, RunningServer server) {
  auto const host = TRY(parse_listen(config.listen)).host;
  fmt::print("listening on {}\n", url_of(config, host, server.port));
  if (config.quickstart)
    fmt::print("{}", TRY(quickstart_text(server.lanes, config, local_url(config, host, server.port))));
  std::fflush(stdout);
  return {};
}

/// What only some dialects stand on.
struct DialectParts {
  files::MediaTypes& media_types;
  OpenBlobs const& blobs;
  actions::Completions& completions;
  std::function<void()> refresh_metrics;
};

void add_dialects(Config const& config, http::Router& router, api::Services& services, api::RpcRegistry& rpc,
                  DialectParts const& parts) {
  admin::add_routes(router, services, {config.default_rate_limit, parts.refresh_metrics});
  chatapi::add_routes(router, services, chatapi_options(config));
  anytype::add_routes(router, services, anytype_options(config));
  structchat::add_routes(router, services, structchat_options(config));
  conversations::add_routes(router, services, rpc, {.media_types = parts.media_types, .direct = parts.blobs.direct},
                            conversations_options(config));
  centrifugo::add_routes(router, services, rpc, centrifugo_options(config));
  snapbooks::add_routes(router, services, parts.completions, {});
}

/// Nothing comes from other nodes any more once it has gone: it goes before those whom that would be told to.
class BusRun {
 public:
  BusRun(realtime::Broker& broker, Cluster& cluster) : broker_(broker), cluster_(cluster) {}
  BusRun(BusRun const&) = delete;
  BusRun& operator=(BusRun const&) = delete;
  ~BusRun() {
    cluster_.stop();
    broker_.stop();
  }

 private:
  realtime::Broker& broker_;
  Cluster& cluster_;
};

/// Lets what is in progress end by itself. Calls to other servers are usually over soon, and those that are not can be
/// made again: they have less time than requests.
void wind_down(milliseconds patience, api::Process& process, http::Server& server, jobs::Worker& worker,
               std::stop_source& cut_off) {
  log::info("stopping: what is in progress has {} ms to end", patience.count());
  auto const calls_end = std::chrono::steady_clock::now() + std::min(patience, kCallPatience);
  process.begin_draining();
  worker.stop_calling();
  server.drain(patience);
  worker.wait_for_calls(calls_end);
  cut_off.request_stop();
}

/// An I/O thread that something holds up cannot be ended by itself. All that was acknowledged is written by then.
[[noreturn]] void end_at_once() {
  log::error("something holds up an I/O thread: the process ends without it");
  spdlog::shutdown();
  std::_Exit(EXIT_FAILURE);
}

}  // namespace

Result<void> serve(Config const& config) {
  hold_stop_signals();
  auto const database = TRY(open_migrated_database(config));
  return run_server(config, *database, [&](RunningServer server) -> Result<void> {
    TRY(announce(config, server));
    wait_for_stop();
    return {};
  });
}

Result<void> run_server(Config const& config, storage::Database& database,
                        std::function<Result<void>(RunningServer)> const& while_up) {
  http::Metrics metrics;
  http::Router router;
  http::Pipeline pipeline(router, metrics, pipeline_options(config));
  auto const server = TRY(create_server(config, router, pipeline, metrics));
  auto const executors = server->executors();
  auto const reads = TRY(storage::ReadPool::open(database, {.threads = static_cast<int>(config.read_threads)}));
  realtime::Broker broker(executors, TRY(open_bus(config, database, *reads)));
  realtime::Presence presence(*executors.front(), {.grace = milliseconds(config.presence_grace_ms)});
  Cluster cluster(broker, presence, *executors.front(), *reads);

  ServerMetrics server_metrics(metrics);
  auto const lanes = TRY(storage::WriteLanes::open(database, lane_options(config, broker, server_metrics)));

  std::stop_source cut_off;
  auto const media_types = TRY(files::MediaTypes::open());
  auto const blobs = TRY(open_blobs(config, *media_types, cut_off.get_token()));
  auto const index = TRY(search::MessageIndex::open(database, {.directory = config.data}));
  api::BlockingPool disk;

  outbound::HttpClient client(cut_off.get_token());
  api::Authenticator authenticator({.master_key = config.master_key, .allow_private_jwks = config.jwks_allow_private},
                                   *lanes, *reads, broker, client);
  api::Process process(PARLANCE_VERSION);
  api::Services services{*lanes, *reads, broker, presence, metrics, authenticator, process, *index, *blobs.store, disk};
  actions::Engine engine(*lanes, *reads);
  jobs::Worker worker(*lanes, *reads, broker, presence, worker_options(config, cut_off.get_token()));
  worker.handle(std::string(core::kActionJob), cluster.run_for_all(engine), jobs::Pace::heavy,
                jobs::Persistence::for_ever);
  worker.collect_files(*blobs.store, file_collection_options(config));

  auto const refresh_metrics = [&] { server_metrics.refresh(*lanes, worker, process, broker); };
  api::RpcRegistry rpc;
  add_dialects(config, router, services, rpc, {*media_types, blobs, engine.completions(), refresh_metrics});
  centrifugo::Relay relay(*lanes, *reads, broker, client, relay_options(config));
  router.seal();
  api::append_middlewares(pipeline, router, services);

  BusRun const bus_run(broker, cluster);
  TRY(broker.start());
  cluster.start();
  worker.start();
  TRY(relay.start());
  if (auto started = server->start(); !started) return std::unexpected(explained(config, std::move(started).error()));
  auto outcome = while_up({server->port(), *lanes});

  wind_down(milliseconds(config.drain_timeout_ms), process, *server, worker, cut_off);
  worker.stop();
  relay.stop();
  disk.stop();
  cluster.stop();
  reads->stop();
  lanes->stop();
  broker.stop();
  // Last: handlers whose clients have gone end when what they waited for comes from the above.
  if (!server->stop()) end_at_once();
  return outcome;
}

}  // namespace parlance::app

#include "unfurl/fetcher.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace parlance::unfurl {
namespace {

/// "text/html; charset=ISO-8859-1" says ISO-8859-1.
std::string charset_of(std::string_view content_type) {
  auto const lower = to_lower_ascii(content_type);
  auto const at = lower.find("charset=");
  if (at == std::string::npos) return {};
  auto name = content_type.substr(at + 8);
  name = name.substr(0, name.find(';'));
  name = trim(name);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return std::string(name.substr(0, 40));
}

void write_fact(JsonWriter& out, std::string_view name, std::string const& text) {
  if (!text.empty()) out.field(name, text);
}

}  // namespace

Result<PageFacts> Fetcher::fetch(Link const& link) const {
  outbound::CallOptions call;
  call.url = link.url;
  call.headers = {{"Accept", "text/html"}, {"User-Agent", "Parlance (link preview)"}};
  call.timeout = options_.timeout;
  call.max_reply_bytes = options_.max_page_bytes;
  call.max_redirects = options_.max_redirects;
  call.accepted_content_type = "text/html";
  call.reach = options_.reach;
  auto const reply = TRY(client_.call(std::move(call)));
  if (reply.status / 100 != 2) return fail(Errc::not_found, fmt::format("HTTP {}", reply.status));
  return read_page(reply.body, charset_of(reply.header("content-type")), reply.url);
}

std::string Fetcher::preview(std::string_view text) const {
  JsonWriter out;
  out.begin_array();
  bool shows_any = false;
  for (auto const& link : find_links(text, kMaxLinks)) {
    auto const facts = fetch(link);
    if (!facts) log::debug("no preview of a link: {}", facts.error().message);
    if (!facts || facts->empty()) continue;
    shows_any = true;
    out.begin_object().field("url", link.shown);
    write_fact(out, "title", facts->title);
    write_fact(out, "description", facts->description);
    write_fact(out, "imageUrl", facts->image_url);
    write_fact(out, "siteName", facts->site_name);
    out.end_object();
  }
  return shows_any ? out.end_array().take() : std::string();
}

}  // namespace parlance::unfurl

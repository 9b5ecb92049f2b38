#include "http/openapi.h"

namespace parlance::http {
namespace {

constexpr std::string_view kHead = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2430; }
  h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccd3dd; }
  details { border: 1px solid #ccd3dd; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; }
  summary { cursor: pointer; }
  code, pre { font: 14px/1.45 ui-monospace, monospace; }
  pre { background: #f3f5f8; padding: .8rem; border-radius: 6px; overflow: auto; }
  .method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
  input { font: inherit; width: 100%; padding: .4rem .6rem; box-sizing: border-box; }
  @media (prefers-color-scheme: dark) {
    body { background: #14181f; color: #d8dee8; }
    pre { background: #1d232d; }
    details, h2 { border-color: #333c4a; }
  }
</style>
<h1 id="title"></h1>
<p id="about"></p>
<p><input id="filter" type="search" placeholder="Filter by path, name or tag" aria-label="Filter"></p>
<main id="operations">Loading…</main>
)html";

constexpr std::string_view kScript = R"html(
const make = (tag, text, parent) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
};
const block = (parent, title, value) => {
  make('p', title, parent);
  make('pre', JSON.stringify(value, null, 2), parent);
};
const showOperation = (parent, path, method, operation) => {
  const box = make('details', undefined, parent);
  box.dataset.text = [method, path, operation.operationId, operation.summary, operation.tags].join(' ').toLowerCase();
  const line = make('summary', undefined, box);
  make('span', method.toUpperCase(), line).className = 'method';
  make('code', path, line);
  if (operation.summary) line.append(' ' + operation.summary);
  make('p', 'Operation: ' + operation.operationId, box);
  if (operation.parameters) block(box, 'Parameters', operation.parameters);
  if (operation.requestBody) block(box, 'Request body', operation.requestBody.content);
  block(box, 'Replies', operation.responses);
};
const show = (spec) => {
  document.title = spec.info.title;
  document.getElementById('title').textContent = spec.info.title + ' ' + spec.info.version;
  document.getElementById('about').textContent = spec.info.description || '';
  const main = document.getElementById('operations');
  main.textContent = '';
  const sections = {};
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      if (!sections[tag]) {
        sections[tag] = make('section', undefined, main);
        make('h2', tag, sections[tag]);
      }
      showOperation(sections[tag], path, method, operation);
    }
  }
  const schemas = make('section', undefined, main);
  make('h2', 'Schemas', schemas);
  for (const [name, schema] of Object.entries(spec.components.schemas)) {
    const box = make('details', undefined, schemas);
    box.dataset.text = name.toLowerCase();
    make('summary', name, box);
    make('pre', JSON.stringify(schema, null, 2), box);
  }
};
document.getElementById('filter').addEventListener('input', (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const box of document.querySelectorAll('details')) box.hidden = !box.dataset.text.includes(wanted);
});
fetch(documentUrl).then((reply) => reply.json()).then(show).catch((error) => {
  document.getElementById('operations').textContent = 'The document could not be loaded: ' + error;
});
</script>
</html>
)html";

std::string escape_html(std::string_view text) {
  std::string out;
  for (char const c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string docs_page(std::string_view title, std::string_view document_url) {
  std::string page(kHead);
  page.append("<title>").append(escape_html(title)).append("</title>\n<script>\nconst documentUrl = ");
  append_json_string(page, document_url);
  page.append(";").append(kScript);
  return page;
}

}  // namespace parlance::http

#include "http/router.h"

namespace parlance::http {

Route& Route::set_summary(std::string text) {
  summary = std::move(text);
  return *this;
}

Route& Route::set_access(int level) {
  access = level;
  return *this;
}

Route& Route::set_tags(std::vector<std::string> names) {
  tags = std::move(names);
  return *this;
}

Route& Route::set_max_body(std::size_t bytes) {
  max_body = bytes;
  return *this;
}

Route& Route::reads() {
  only_reads = true;
  return *this;
}

Route& Route::set_streams_body() {
  streams_body = true;
  return *this;
}

Route& Route::set_hidden() {
  hidden = true;
  return *this;
}

Route& Route::accept(std::vector<std::string> types) {
  content_types = std::move(types);
  return *this;
}

Route& Route::parameter(Parameter item) {
  parameters.push_back(std::move(item));
  return *this;
}

Route& Route::answers(int status) {
  success_status = status;
  return *this;
}

Route& Route::also_answers(int status) {
  other_success.push_back(status);
  return *this;
}

}  // namespace parlance::http

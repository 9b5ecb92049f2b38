#include "storage/postgres/pipeline.h"

#include <utility>

namespace parlance::storage::postgres {
namespace {

constexpr std::string_view kEndOfSection;

bool ends_section(std::string_view sent) { return sent.data() == kEndOfSection.data(); }

}  // namespace

void Pipeline::start(PGconn* connection) {
  connection_ = connection;
  sent_.clear();
  outstanding_ = 0;
  answers_missing_ = false;
  if (connection_) PQenterPipelineMode(connection_);
}

bool Pipeline::note(int taken, std::string_view sql) {
  if (taken == 0) return false;
  sent_.push_back(sql);
  if (!ends_section(sql)) ++outstanding_;
  return true;
}

bool Pipeline::send(std::string_view sql, char const* prepared_name, Parameters const& parameters) {
  return note(PQsendQueryPrepared(connection_, prepared_name, parameters.count(), parameters.values(),
                                  parameters.lengths(), parameters.formats(), 0),
              sql);
}

bool Pipeline::send(char const* sql) {
  return note(PQsendQueryParams(connection_, sql, 0, nullptr, nullptr, nullptr, nullptr, 0), sql);
}

bool Pipeline::send_prepare(char const* name, char const* sql, Parameters const& types) {
  return note(PQsendPrepare(connection_, name, sql, types.count(), types.types().data()), sql);
}

bool Pipeline::end_section() { return note(PQpipelineSync(connection_), kEndOfSection); }

Settled Pipeline::settle() {
  Settled settled;
  bool const is_open = !sent_.empty() && !ends_section(sent_.back());
  if (is_open && !end_section()) {
    settled.failed = true;
    settled.sql = sent_.front();
  } else {
    read_answers(settled);
  }
  answers_missing_ = answers_missing_ || !sent_.empty();
  sent_.clear();
  outstanding_ = 0;
  return settled;
}

void Pipeline::read_answers(Settled& settled) {
  bool after_null = false;
  while (!sent_.empty()) {
    Answer answer(PQgetResult(connection_));
    // One null is the end of a statement's answers, two are the end of all, and it is too early for that.
    bool const is_over = PQstatus(connection_) == CONNECTION_BAD || (!answer && after_null);
    after_null = !answer;
    auto const status = PQresultStatus(answer.get());
    bool const is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (is_over || answer) {
      if (!settled.failed && status != PGRES_PIPELINE_SYNC) {
        settled.failed = !is_good;
        settled.answer = std::move(answer);
        settled.sql = sent_.front();
      }
      if (is_over) return;
      sent_.pop_front();
    }
  }
}

Answer Pipeline::run_script(char const* sql) {
  PQexitPipelineMode(connection_);
  Answer answer(PQexec(connection_, sql));
  PQenterPipelineMode(connection_);
  return answer;
}

}  // namespace parlance::storage::postgres

// Searches of threads beside the plain full-text queries of messages that they rest on, and how fast messages are
// indexed. Makes a database of MESSAGES messages in DIRECTORY, 25 to a thread, and prints one JSON line for each kind
// of query, and one for indexing.
//
//   bench_search DIRECTORY MESSAGES ROUNDS [NAME]     only the kinds of queries whose names hold NAME

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/log.h"
#include "search/fts5_query.h"
#include "search/index.h"
#include "search/thread_index.h"
#include "search_corpus.h"

namespace {

namespace search = parlance::search;
namespace storage = parlance::storage;
using Clock = std::chrono::steady_clock;
using search::Column;
using search::Comparator;
using search::ThreadQuery;

constexpr auto kWhole = search::LastWord::whole;

/// Of the calling thread, on the processor.
double processor_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double percentile(std::vector<double>& values, double share) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

class Bench {
 public:
  Bench(std::filesystem::path directory, std::int64_t messages, int rounds, std::string only)
      : directory_(std::move(directory)), messages_(messages), rounds_(rounds), only_(std::move(only)) {
    std::filesystem::create_directories(directory_);
    database_ = must(storage::Database::open({.url = directory_.string()}));
    must(database_->migrate());
    writer_ = std::make_unique<CorpusWriter>(*database_, corpus_, 25);
  }

  /// The first nine tenths of the messages are there when the index is opened; the rest arrive while it is open.
  void index() {
    auto const later = messages_ / 10;
    bool const is_new = !writer_->is_full();
    if (is_new) writer_->write(messages_ - later);
    Stopwatch building;
    index_ = must(search::MessageIndex::open(*database_, {.directory = directory_.string()}));
    catch_up();
    if (!is_new) return;
    report("built", messages_ - later, building);
    writer_->write(later);
    Stopwatch following;
    catch_up();
    report("followed", later, following);
  }

  void search() {
    reader_ = must(database_->connect(storage::Access::read_only));
    auto const start = Clock::now();
    ask(asking("*"));
    fmt::print("{{\"first_query_ms\": {:.1f}}}\n", milliseconds_since(start));
    search_file_ = must(storage::Database::open({.url = "sqlite:" + (directory_ / "search.db").string()}));
    plain_ = must(search_file_->connect(storage::Access::read_only));
    words();
    phrases();
    typos();
    filters();
  }

 private:
  /// What indexing has taken: time, and work of the processors, the copying of the WAL included.
  struct Stopwatch {
    Clock::time_point start = Clock::now();
    std::clock_t work = std::clock();
  };

  void report(std::string const& what, std::int64_t messages, Stopwatch const& since) const {
    auto const seconds = milliseconds_since(since.start) / 1000;
    auto const worked = static_cast<double>(std::clock() - since.work) / CLOCKS_PER_SEC;
    auto const count = static_cast<double>(messages);
    fmt::print(
        "{{\"indexing\": \"{}\", \"messages\": {}, \"per_second\": {:.0f}, \"work_us_each\": {:.1f},"
        " \"megabytes\": {}}}\n",
        what, messages, count / seconds, worked / count * 1e6,
        std::filesystem::file_size(directory_ / "search.db") >> 20U);
    std::fflush(stdout);
  }

  void catch_up() { must(index_->catch_up(std::chrono::hours(1))); }

  ThreadQuery asking(std::string const& text, search::LastWord last_word = search::LastWord::prefix) {
    ThreadQuery query;
    query.tenant = writer_->tenant();
    query.scope.is_person = true;
    query.scope.channels.assign(writer_->channels().begin(), writer_->channels().end() - 5);
    auto const& threads = writer_->threads();
    for (std::size_t i = 0; i < threads.size(); i += 20) query.scope.conversations.push_back(threads[i]);
    query.matches_all = text == "*";
    query.terms = search::parse_query(text, last_word);
    using search::TextField;
    query.fields = {{TextField::subject, 3}, {TextField::summary, 2}, {TextField::chats, 1}};
    query.sort = {{}};
    return query;
  }

  search::ThreadHits ask(ThreadQuery const& query) {
    must(reader_->begin());
    storage::Transaction log(*reader_);
    auto hits = must(index_->threads().search(log, query));
    reader_->rollback();
    return hits;
  }

  /// All matches of a full-text query of messages: what an exact number of what is found would take there.
  std::int64_t count_plainly(search::Terms const& terms) {
    must(plain_->begin());
    storage::Transaction tx(*plain_);
    auto const count = must(tx.one("SELECT COUNT(*) FROM words WHERE words MATCH $1",
                                   {search::fts5_query(terms, search::fts5_scope(writer_->tenant()))},
                                   [](storage::Row const& row) { return row.integer(0); }));
    plain_->rollback();
    return count;
  }

  /// Its newest ten: what message search does.
  void newest_plainly(search::Terms const& terms) {
    must(plain_->begin());
    storage::Transaction tx(*plain_);
    must(tx.each("SELECT rowid FROM words WHERE words MATCH $1 ORDER BY rowid DESC LIMIT 10",
                 {search::fts5_query(terms, search::fts5_scope(writer_->tenant()))}, [](storage::Row const&) {}));
    plain_->rollback();
  }

  /// Measures `make()` as a search of threads, and `terms` of it (or those given) as queries of messages.
  void measure(std::string const& name, std::function<ThreadQuery()> const& make, search::Terms const& plain = {}) {
    if (!name.contains(only_)) return;
    std::vector<double> threads, worked, newest, counted;
    std::int64_t found = 0;
    for (int i = 0; i < rounds_; ++i) {
      auto const query = make();
      auto const& terms = plain.empty() ? query.terms : plain;
      auto start = Clock::now();
      auto const work = processor_milliseconds();
      found += ask(query).found;
      worked.push_back(processor_milliseconds() - work);
      threads.push_back(milliseconds_since(start));
      if (terms.empty()) continue;
      start = Clock::now();
      newest_plainly(terms);
      newest.push_back(milliseconds_since(start));
      if (i % 10 != 0) continue;
      start = Clock::now();
      count_plainly(terms);
      counted.push_back(milliseconds_since(start));
    }
    fmt::print(
        "{{\"query\": \"{}\", \"found\": {}, \"p50_ms\": {:.2f}, \"p99_ms\": {:.2f}, \"work_p99_ms\": {:.2f}, "
        "\"newest_p50_ms\": {:.2f},"
        " \"newest_p99_ms\": {:.2f}, \"all_p50_ms\": {:.2f}, \"all_p99_ms\": {:.2f}}}\n",
        name, found / rounds_, percentile(threads, 0.5), percentile(threads, 0.99), percentile(worked, 0.99),
        percentile(newest, 0.5), percentile(newest, 0.99), percentile(counted, 0.5), percentile(counted, 0.99));
    std::fflush(stdout);
  }

  void words() {
    measure("rare word", [&] { return asking(corpus_.word(20'000 + corpus_.number(40'000)), kWhole); });
    measure("any word", [&] { return asking(corpus_.any_word(), kWhole); });
    measure("common word", [&] { return asking(corpus_.word(corpus_.number(20)), kWhole); });
    measure("three common words", [&] {
      return asking(corpus_.word(corpus_.number(20)) + " " + corpus_.word(20 + corpus_.number(20)) + " " +
                        corpus_.word(40 + corpus_.number(20)),
                    kWhole);
    });
    measure("prefix of 2 letters", [&] { return asking(corpus_.word(corpus_.number(5'000)).substr(0, 2)); });
    measure("prefix of 4 letters", [&] { return asking(corpus_.word(corpus_.number(30'000)).substr(0, 4)); });
  }

  void phrases() {
    auto const pair_of = [&](auto rank) { return "\"" + corpus_.word(rank()) + " " + corpus_.word(rank()) + "\""; };
    measure("phrase", [&] { return asking(pair_of([&] { return corpus_.rank(); })); });
    measure("phrase of common words", [&] { return asking(pair_of([&] { return corpus_.number(50); })); });
  }

  void typos() {
    measure("typo", [&] {
      auto word = corpus_.word(3'000 + corpus_.number(30'000));
      word[corpus_.number(static_cast<std::uint32_t>(word.size()))] = 'x';
      return asking(word, kWhole);
    });
    measure("two typos", [&] {
      auto word = corpus_.word(3'000 + corpus_.number(30'000));
      for (int i = 0; i < 2; ++i) word[corpus_.number(static_cast<std::uint32_t>(word.size()))] = 'x';
      return asking(word);
    });
  }

  static search::Filter where(Column column, Comparator comparator, std::vector<search::FilterValue> values) {
    return {search::Filter::Kind::comparison, {}, column, comparator, std::move(values)};
  }

  search::Filter some_filter() {
    std::vector<search::FilterValue> channels;
    for (int i = 0; i < 20; ++i) channels.emplace_back(writer_->channels()[corpus_.number(Corpus::kChannels)].value);
    search::Filter both;
    both.children = {where(Column::xsr_ids, Comparator::equal, std::move(channels)),
                     where(Column::num_chats, Comparator::greater, {std::int64_t{10}})};
    return both;
  }

  void filters() {
    auto const by_chats = std::vector<search::SortKey>{{search::SortKey::By::column, Column::num_chats, true},
                                                       {search::SortKey::By::column, Column::updated_at, true}};
    measure("filter and sort", [&] {
      auto query = asking("*");
      query.filter = some_filter();
      query.sort = by_chats;
      return query;
    });
    measure("common word, filter and sort", [&] {
      auto query = asking(corpus_.word(corpus_.number(20)), kWhole);
      query.filter = some_filter();
      query.sort = by_chats;
      return query;
    });
    measure("ranked, two common words", [&] {
      return asking(corpus_.word(corpus_.number(100)) + " " + corpus_.word(corpus_.number(100)), kWhole);
    });
    measure("common word, three facets", [&] {
      auto query = asking(corpus_.word(corpus_.number(20)), kWhole);
      query.facets = {Column::tags, Column::xsr_ids, Column::user_ids};
      return query;
    });
    measure("all, grouped by channel", [&] {
      auto query = asking("*");
      query.group_by = {Column::xsr_ids};
      return query;
    });
  }

  std::filesystem::path directory_;
  std::int64_t messages_;
  int rounds_;
  std::string only_;
  Corpus corpus_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<CorpusWriter> writer_;
  std::unique_ptr<search::MessageIndex> index_;
  std::unique_ptr<storage::Connection> reader_;
  std::unique_ptr<storage::Database> search_file_;
  std::unique_ptr<storage::Connection> plain_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 4 && count != 5) {
    fmt::print(stderr, "usage: bench_search DIRECTORY MESSAGES ROUNDS [NAME]\n");
    return 2;
  }
  if (!parlance::log::start("error", parlance::log::Format::text)) return 1;
  Bench bench(words[1], std::atoll(words[2]), std::atoi(words[3]), count == 5 ? words[4] : "");
  bench.index();
  bench.search();
  return 0;
}

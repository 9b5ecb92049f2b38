#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include "storage/database.h"

namespace parlance::storage {

namespace testing_detail {

inline std::string postgres_url() {
  auto const url = getenv("PARLANCE_TEST_POSTGRES");
  return url ? url : "";
}

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("test database: " + result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline void run_on_server(std::string const& sql) {
  auto const server = must(Database::open({.url = postgres_url()}));
  must(must(server->connect(Access::read_write))->script(sql));
}

inline std::string make_schema() {
  static std::atomic<int> count = 0;
  auto const name = "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
  run_on_server("DROP SCHEMA IF EXISTS " + name + " CASCADE; CREATE SCHEMA " + name);
  return name;
}

inline std::string make_directory() {
  auto pattern = (std::filesystem::temp_directory_path() / "parlance-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("test database: no temporary directory");
  return pattern;
}

}  // namespace testing_detail

/// For tests: a fresh database with every migration run, gone again with this object. PostgreSQL ones are schemas of
/// their own in the database that the environment variable PARLANCE_TEST_POSTGRES gives the URL of.
class TestDatabase {
 public:
  /// Whether the engine can be had here.
  static bool is_available(Engine engine);

  /// Throws where the database cannot be made.
  explicit TestDatabase(Engine engine, DatabaseOptions options = {});
  TestDatabase(TestDatabase const&) = delete;
  TestDatabase& operator=(TestDatabase const&) = delete;
  ~TestDatabase();

  Database& operator*() { return *database_; }
  Database* operator->() { return database_.get(); }

  /// What Database::open takes to open the same database again.
  DatabaseOptions const& options() const { return options_; }

  /// Lets go of the database without dropping it, as before a fork. Everything that uses it must be gone.
  void close() { database_.reset(); }
  void reopen();

 private:
  Engine engine_;
  DatabaseOptions options_;
  std::string scratch_;  // directory, or schema
  std::unique_ptr<Database> database_;
};

inline bool TestDatabase::is_available(Engine engine) {
  return engine == Engine::sqlite || !testing_detail::postgres_url().empty();
}

inline TestDatabase::TestDatabase(Engine engine, DatabaseOptions options)
    : engine_(engine),
      options_(std::move(options)),
      scratch_(engine == Engine::sqlite ? testing_detail::make_directory() : testing_detail::make_schema()) {
  auto const url = testing_detail::postgres_url();
  options_.url = engine == Engine::sqlite
                     ? scratch_
                     : url + (url.contains('?') ? "&" : "?") + "options=-csearch_path%3D" + scratch_;
  reopen();
  testing_detail::must(database_->migrate());
}

inline TestDatabase::~TestDatabase() {
  close();
  if (engine_ == Engine::sqlite) {
    std::error_code ignored;
    std::filesystem::remove_all(scratch_, ignored);
  } else {
    testing_detail::run_on_server("DROP SCHEMA IF EXISTS " + scratch_ + " CASCADE");
  }
}

inline void TestDatabase::reopen() { database_ = testing_detail::must(Database::open(options_)); }

/// A test that runs on every engine, each time with a fresh database:
///   class MessagesTest : public storage::EngineTest {};
///   PARLANCE_TEST_ON_EVERY_ENGINE(MessagesTest);
///   TEST_P(MessagesTest, DoesThis) { ... *database() ... }
class EngineTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!TestDatabase::is_available(GetParam())) GTEST_SKIP() << "PARLANCE_TEST_POSTGRES is not set";
    database_ = std::make_unique<TestDatabase>(GetParam());
  }

  TestDatabase& database() { return *database_; }

 private:
  std::unique_ptr<TestDatabase> database_;
};

inline std::string engine_name(testing::TestParamInfo<Engine> const& info) {
  return info.param == Engine::sqlite ? "sqlite" : "postgres";
}

}  // namespace parlance::storage

#define PARLANCE_TEST_ON_EVERY_ENGINE(fixture)                                                                       \
  INSTANTIATE_TEST_SUITE_P(                                                                                          \
      Engines, fixture, testing::Values(::parlance::storage::Engine::sqlite, ::parlance::storage::Engine::postgres), \
      ::parlance::storage::engine_name)

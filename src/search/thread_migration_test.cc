#include <gtest/gtest.h>

#include <filesystem>

#include "search/index.h"
#include "search/thread_index.h"
#include "storage/migration.h"
#include "storage/testing.h"

namespace parlance::search {
namespace {

using storage::testing_detail::must;

constexpr std::chrono::seconds kPatience{20};

/// A database as it was before threads were indexed, with a thread of one message in it.
class OldDatabaseTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    if (!storage::TestDatabase::is_available(GetParam())) GTEST_SKIP() << "PARLANCE_TEST_POSTGRES is not set";
    directory_ = storage::testing_detail::make_directory();
    auto url = directory_;
    if (GetParam() == storage::Engine::postgres) {
      schema_ = storage::testing_detail::make_schema();
      auto const server = storage::testing_detail::postgres_url();
      url = server + (server.contains('?') ? "&" : "?") + "options=-csearch_path%3D" + schema_;
    }
    database_ = must(storage::Database::open({.url = url}));
    connection_ = must(database_->connect(storage::Access::read_write));
    must(storage::migrate(*connection_, storage::embedded_migrations().first(5)));
    must(connection_->script(
        "INSERT INTO tenants (id, name, rate_limit, realtime_secret, created_at) VALUES (1, 'old', 0, '', 0);"
        "INSERT INTO conversations (id, tenant_id, space_id, kind, access, subject, epoch, created_by, created_at,"
        " updated_at, last_seq) VALUES (7, 1, 1, 5, 2, 'Old subject', 1, 1, 1, 1, 1);"
        "INSERT INTO messages (id, tenant_id, conversation_id, seq, added_offset, sender_id, text, created_at)"
        " VALUES (9, 1, 7, 1, 1, 1, 'old message', 1);"
        "INSERT INTO events (id, tenant_id, conversation_id, position, kind, message_id, seq, actor_id, created_at)"
        " VALUES (1, 1, 7, 1, 1, 9, 1, 1, 1)"));
  }

  void TearDown() override {
    connection_.reset();
    database_.reset();
    std::filesystem::remove_all(directory_);
    if (!schema_.empty()) storage::testing_detail::run_on_server("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE");
  }

  std::int64_t found(MessageIndex& index, std::string_view text) {
    ThreadQuery query;
    query.tenant = TenantId{1};
    query.scope.sees_all = true;
    query.terms = parse_query(text);
    query.fields = {{TextField::subject}, {TextField::chats}};
    must(connection_->begin());
    storage::Transaction log(*connection_);
    auto const hits = must(index.threads().search(log, query));
    connection_->rollback();
    return hits.found;
  }

  std::string directory_;
  std::string schema_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Connection> connection_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(OldDatabaseTest);

TEST_P(OldDatabaseTest, HasItsThreadsIndexedAfterTheMigration) {
  must(storage::migrate(*connection_, storage::embedded_migrations()));
  auto const index = must(MessageIndex::open(*database_, {.directory = directory_, .patience = kPatience}));
  EXPECT_EQ(1, found(*index, "subject message"));
  EXPECT_EQ(1, found(*index, "old"));
  must(connection_->script("UPDATE conversations SET subject = 'New' WHERE id = 7"));
  EXPECT_EQ(0, found(*index, "subject"));
  EXPECT_EQ(1, found(*index, "new message"));
}

}  // namespace
}  // namespace parlance::search

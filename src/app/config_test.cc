#include "app/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/config_table.h"

namespace parlance::app {
namespace {

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "config_test_XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(std::string const& name, std::string const& text) const {
    auto const path = directory_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  std::filesystem::path directory_;
};

TEST_F(ConfigTest, AFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault) {
  auto const file = write("parlance.toml", "read_threads = 2\nretry_base_ms = 3\nretry_max_attempts = 7\n");
  auto const loaded = load_config({.flags = {{"read_threads", "9"}},
                                   .environment = {{"PARLANCE_READ_THREADS", "5"}, {"PARLANCE_RETRY_BASE_MS", "50"}},
                                   .file = file});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->config.read_threads, 9);
  EXPECT_EQ(loaded->config.retry_base_ms, 50);
  EXPECT_EQ(loaded->config.retry_max_attempts, 7);
  EXPECT_EQ(loaded->config.drain_timeout_ms, 10'000);
}

TEST_F(ConfigTest, TheFileMayUseTablesAndLists) {
  auto const file = write("parlance.toml", "allowed_origins = [\"https://a\", \"https://b\"]\n[retry]\nbase_ms = 10\n");
  auto const loaded = load_config({.environment = {{"PARLANCE_CONFIG", file}}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->config.retry_base_ms, 10);
  EXPECT_EQ(loaded->config.allowed_origins, (std::vector<std::string>{"https://a", "https://b"}));
}

TEST_F(ConfigTest, UnknownNamesAreErrorsThatNameTheNearest) {
  auto const file = write("parlance.toml", "retry_base = 1\n");
  auto const in_file = load_config({.file = file});
  ASSERT_FALSE(in_file);
  EXPECT_NE(in_file.error().message.find("retry_base_ms"), std::string::npos) << in_file.error().message;
  auto const variable = load_config({.environment = {{"PARLANCE_MASTERKEY", "x"}}});
  ASSERT_FALSE(variable);
  EXPECT_NE(variable.error().message.find("PARLANCE_MASTER_KEY"), std::string::npos) << variable.error().message;
  EXPECT_TRUE(load_config({.environment = {{"PARLANCE_TEST_POSTGRES", "x"}, {"HOME", "/"}}}));
}

TEST_F(ConfigTest, ValuesAreChecked) {
  for (auto const& [name, text] : std::map<std::string, std::string>{{"read_threads", "0"},
                                                                     {"read_threads", "many"},
                                                                     {"log_format", "xml"},
                                                                     {"quickstart", "perhaps"},
                                                                     {"listen", "8080"},
                                                                     {"listen", "localhost:99999"},
                                                                     {"tls_cert", "cert.pem"}}) {
    EXPECT_FALSE(load_config({.flags = {{name, text}}})) << name << "=" << text;
  }
  auto const file = write("parlance.toml", "read_threads = 2.5\n");
  EXPECT_FALSE(load_config({.file = file}));
  EXPECT_FALSE(load_config({.file = (directory_ / "absent.toml").string()}));
}

TEST_F(ConfigTest, SecretsMayComeFromFilesAndAreNeverPrinted) {
  auto const file = write("key", "s3cret-value\n");
  auto const loaded = load_config({.environment = {{"PARLANCE_MASTER_KEY_FILE", file}}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->config.master_key, "s3cret-value");
  auto const printed = print_config(*loaded);
  EXPECT_EQ(printed.find("s3cret-value"), std::string::npos);
  EXPECT_NE(printed.find("master_key = \"********\""), std::string::npos);
  EXPECT_FALSE(load_config({.environment = {{"PARLANCE_LISTEN_FILE", file}}}));
}

TEST_F(ConfigTest, WhatIsPrintedCanBeReadAgain) {
  auto const file = write("printed.toml", print_config(*load_config({.flags = {{"allowed_origins", "a,b"}}})));
  auto const again = load_config({.file = file});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->config.allowed_origins, (std::vector<std::string>{"a", "b"}));
}

TEST(ConfigTable, EveryDefaultIsWithinItsOwnRange) {
  Config const defaults;
  for (auto const& option : options()) {
    auto const* number = std::get_if<std::int64_t Config::*>(&option.member);
    if (number == nullptr) continue;
    EXPECT_GE(defaults.**number, option.least) << option.name;
    EXPECT_LE(defaults.**number, option.most) << option.name;
  }
}

TEST(ParseListen, TakesHostAndPort) {
  EXPECT_EQ(parse_listen("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_listen("0.0.0.0:0")->port, 0);
  for (auto const* text : {"", ":", "1.2.3.4", "::1:80", "1.2.3.4:x", "1.2.3.4:-1"})
    EXPECT_FALSE(parse_listen(text)) << text;
}

}  // namespace
}  // namespace parlance::app

#include "slack/zip_archive.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <utility>

#include "slack/testing.h"

namespace parlance::slack {
namespace {

std::string listed(ZipArchive const& archive) {
  std::string text;
  for (auto const& entry : archive.entries()) text += entry.name + " " + std::to_string(entry.size) + "\n";
  return text;
}

std::string refusal_of(std::string const& path) {
  auto const opened = ZipArchive::open(path);
  return opened ? "none" : opened.error().message;
}

TEST(ZipArchive, ListsFilesByNameAndReadsThem) {
  TestZip zip;
  zip.add("b/two.json", "[2]").add("a.json", "[1]").add_folder("b/");
  auto const archive = ZipArchive::open(zip.write());
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_EQ(listed(*archive), "a.json 3\nb/two.json 3\n");
  EXPECT_EQ(archive->read(archive->entries()[1]).value_or("?"), "[2]");
  EXPECT_EQ(archive->read(archive->entries()[0]).value_or("?"), "[1]");
}

TEST(ZipArchive, RefusesWhatIsNoArchive) {
  EXPECT_EQ(refusal_of("/nonexistent/file.zip"), "it cannot be opened as a ZIP file: No such file");
  TestFolder folder;
  std::ofstream(folder.path() + "/x.zip") << "this is no archive";
  EXPECT_EQ(refusal_of(folder.path() + "/x.zip"), "it cannot be opened as a ZIP file: Not a zip archive");
}

std::string refusal_of_name(std::string const& name) {
  TestZip zip;
  return refusal_of(zip.add(name, "[]").write());
}

TEST(ZipArchive, RefusesNamesThatLeadOut) {
  for (auto const* name :
       {"../users.json", "/etc/passwd", "a/../../b", "a\\..\\b", "\\\\host\\share", "C:/users.json", "general/.."})
    EXPECT_EQ(refusal_of_name(name), "its entry 0 has a name that leads out of it") << name;
}

TEST(ZipArchive, RefusesNamesThatATerminalWouldObey) {
  for (auto const* name : {"tab\there", "line\nbreak"})
    EXPECT_EQ(refusal_of_name(name), "its entry 0 has a name that cannot be shown") << name;
}

TEST(ZipArchive, TakesTheNamesThatUploadsHave) {
  for (auto const* name : {"./users.json", "up/12:30 notes.txt", "a\\b", "x..y/..z", "Größe/日本.json"})
    EXPECT_EQ(refusal_of_name(name), "none") << name;
}

/// The directory of an archive whose one file, of three bytes, claims to be of another size.
std::string lying_archive(std::uint32_t claimed_size) {
  std::string text;
  auto const add = [&](std::initializer_list<std::pair<std::uint64_t, int>> fields) {
    for (auto const& [value, bytes] : fields)
      for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  };
  // Local header: signature, version, flags, method, time, date, checksum, sizes, lengths of name and extra field.
  add({{0x04034b50, 4}, {20, 2}, {0, 2}, {0, 2}, {0, 4}, {0, 4}, {3, 4}, {claimed_size, 4}, {6, 2}, {0, 2}});
  text += "a.json[1]";
  auto const directory = text.size();
  add({{0x02014b50, 4}, {20, 2}, {20, 2}, {0, 2}, {0, 2}, {0, 4}, {0, 4}, {3, 4}, {claimed_size, 4}, {6, 2}});
  add({{0, 2}, {0, 2}, {0, 2}, {0, 2}, {0, 4}, {0, 4}});
  text += "a.json";
  auto const size = text.size() - directory;
  add({{0x06054b50, 4}, {0, 2}, {0, 2}, {1, 2}, {1, 2}, {size, 4}, {directory, 4}, {0, 2}});
  return text;
}

TEST(ZipArchive, RefusesABomb) {
  TestFolder folder;
  auto const path = folder.path() + "/bomb.zip";
  std::ofstream(path, std::ios::binary) << lying_archive(0xF0000000);
  EXPECT_EQ(refusal_of(path), "its 3 bytes claim to become 4026531840; that is no export but a ZIP bomb");
}

TEST(ZipArchive, ReadsNoMoreThanIsClaimedAndNothingLarge) {
  TestFolder folder;
  auto const path = folder.path() + "/liar.zip";
  std::ofstream(path, std::ios::binary) << lying_archive(500'000'000);
  auto const archive = ZipArchive::open(path);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_EQ(archive->read(archive->entries()[0]).error().message, "it has 500000000 bytes; at most 268435456 are read");
}

TEST(ZipArchive, NoticesDamage) {
  TestZip zip;
  std::string const text = "[\"a text that is stored as it is\"]";
  auto const path = zip.add_stored("a.json", text).write();
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string const content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  file.clear();
  file.seekp(static_cast<std::streamoff>(content.find("stored")));
  file << "broken";
  file.close();
  auto const archive = ZipArchive::open(path);
  ASSERT_TRUE(archive) << archive.error().message;
  auto const read = archive->read(archive->entries()[0]);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "it cannot be read: CRC error");
}

}  // namespace
}  // namespace parlance::slack

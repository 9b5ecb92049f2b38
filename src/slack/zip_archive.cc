#include "slack/zip_archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace parlance::slack {

namespace {

constexpr std::int64_t kMaxEntries = 4'000'000;

/// JSON shrinks by 10 to 40; what claims more is made to fill memory or to run for ever.
constexpr std::int64_t kMaxExpansion = 200;

/// Small archives may claim what they like: they cannot hurt.
constexpr std::int64_t kHarmlessBytes = std::int64_t{1} << 30;

std::unexpected<Error> refused(std::string message) { return fail(Errc::invalid_argument, std::move(message)); }

std::string text_of(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

/// Names are shown in errors, on terminals.
bool is_printable(std::string_view name) {
  return is_utf8(name) && !name.empty() &&
         std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

/// Absolute, or with a way up in it, as any system may read it.
bool leads_out(std::string_view name) {
  constexpr std::string_view kSeparators = "/\\";
  bool const is_absolute = kSeparators.contains(name.front()) || (name.size() > 1 && name[1] == ':');
  if (is_absolute) return true;
  while (!name.empty()) {
    auto const part = name.substr(0, name.find_first_of(kSeparators));
    if (part == "..") return true;
    name.remove_prefix(std::min(part.size() + 1, name.size()));
  }
  return false;
}

}  // namespace

void ZipArchive::Closer::operator()(zip* archive) const { zip_discard(archive); }

Result<ZipArchive> ZipArchive::open(std::string const& path) {
  int code = 0;
  auto* const opened = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (opened == nullptr) return refused(fmt::format("it cannot be opened as a ZIP file: {}", text_of(code)));
  ZipArchive archive(opened);
  TRY(archive.list_entries());
  return archive;
}

Result<void> ZipArchive::list_entries() {
  auto const count = zip_get_num_entries(archive_.get(), 0);
  if (count > kMaxEntries) return refused(fmt::format("it holds {} files; at most {} are read", count, kMaxEntries));
  for (std::int64_t index = 0; index < count; ++index) TRY(add_entry(static_cast<std::uint64_t>(index)));
  std::ranges::sort(entries_, {}, &ZipEntry::name);
  auto const twice = std::ranges::adjacent_find(entries_, {}, &ZipEntry::name);
  if (twice != entries_.end()) return refused(fmt::format("it holds {} twice", twice->name));
  return check_expansion();
}

Result<void> ZipArchive::add_entry(std::uint64_t index) {
  zip_stat_t found;
  bool const is_known = zip_stat_index(archive_.get(), index, 0, &found) == 0 && (found.valid & ZIP_STAT_NAME) != 0 &&
                        (found.valid & ZIP_STAT_SIZE) != 0 && (found.valid & ZIP_STAT_COMP_SIZE) != 0;
  if (!is_known) return refused(fmt::format("its entry {} cannot be read", index));
  std::string const name = found.name;
  if (!is_printable(name)) return refused(fmt::format("its entry {} has a name that cannot be shown", index));
  if (leads_out(name)) return refused(fmt::format("its entry {} has a name that leads out of it", index));
  if (name.ends_with('/')) return {};
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max() / kMaxEntries;
  if (found.size > kMost) return refused(fmt::format("{} claims to have {} bytes", name, found.size));
  entries_.push_back({index, name, static_cast<std::int64_t>(found.size)});
  compressed_bytes_ += static_cast<std::int64_t>(std::min<std::uint64_t>(found.comp_size, kMost));
  return {};
}

Result<void> ZipArchive::check_expansion() const {
  std::int64_t total = 0;
  for (auto const& entry : entries_) total += entry.size;
  if (total <= kHarmlessBytes || total / kMaxExpansion <= compressed_bytes_) return {};
  return refused(
      fmt::format("its {} bytes claim to become {}; that is no export but a ZIP bomb", compressed_bytes_, total));
}

Result<std::string> ZipArchive::read(ZipEntry const& entry) const {
  if (entry.size > kMaxFileBytes)
    return refused(fmt::format("it has {} bytes; at most {} are read", entry.size, kMaxFileBytes));
  auto* const file = zip_fopen_index(archive_.get(), entry.index, 0);
  if (file == nullptr) return refused(fmt::format("it cannot be read: {}", zip_strerror(archive_.get())));
  // One more than is said, so that the end is reached, where the checksum is compared.
  std::string content(static_cast<std::size_t>(entry.size) + 1, '\0');
  std::int64_t size = 0;
  std::int64_t got = 0;
  do {
    got = zip_fread(file, content.data() + size, content.size() - static_cast<std::size_t>(size));
    if (got > 0) size += got;
  } while (got > 0 && size <= entry.size);
  std::string const problem = got < 0 ? zip_file_strerror(file) : "";
  zip_fclose(file);
  if (got < 0) return refused(fmt::format("it cannot be read: {}", problem));
  if (size != entry.size) return refused(fmt::format("it should have {} bytes and has others", entry.size));
  content.resize(static_cast<std::size_t>(size));
  return content;
}

}  // namespace parlance::slack

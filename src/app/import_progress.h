#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "slack/importer.h"

namespace parlance::app {

/// Shows on standard error how far an import has come: a bar that moves where that is a terminal, else a line for each
/// conversation that is done.
class ImportProgress {
 public:
  explicit ImportProgress(std::FILE* out);

  /// Ends the bar's line.
  ~ImportProgress();
  ImportProgress(ImportProgress const&) = delete;
  ImportProgress& operator=(ImportProgress const&) = delete;

  void show(slack::Standing const& standing);

 private:
  void draw_bar(slack::Standing const& standing);

  std::FILE* out_;
  bool const is_terminal_;
  bool has_bar_ = false;
  std::int64_t drawn_at_ = 0;
  std::int64_t messages_before_ = 0;
};

/// "[######    ]  60 %  general  12345 messages"; parts of it are cut where `width` columns are not enough.
std::string progress_bar(slack::Standing const& standing, int width);

}  // namespace parlance::app

#pragma once

#include <memory>
#include <string>

#include "app/config.h"
#include "base/result.h"
#include "storage/database.h"
#include "storage/write_lane.h"

namespace parlance::app {

/// Opens the database that the configuration names, making the data directory and an empty SQLite database where there
/// is none. The error is a sentence for the operator.
Result<std::unique_ptr<storage::Database>> open_database(Config const& config);

/// The same, migrated to this program's schema.
Result<std::unique_ptr<storage::Database>> open_migrated_database(Config const& config);

/// What the commands work on: the database itself, whether or not a server runs on it. A running server learns of
/// changes within 30 s.
struct LocalDatabase {
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::WriteLanes> lanes;

  static Result<LocalDatabase> open(Config const& config);
};

}  // namespace parlance::app

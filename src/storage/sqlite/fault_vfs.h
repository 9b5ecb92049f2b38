#pragma once

#include <sqlite3.h>

#include <string>

#include "storage/faults.h"

namespace parlance::storage::sqlite {

/// SQLite's default file layer, with the failures of `faults` in the way of database and WAL files. Registered while
/// it lives, which must be longer than any connection that names it.
class FaultVfs {
 public:
  explicit FaultVfs(Faults& faults);
  FaultVfs(FaultVfs const&) = delete;
  FaultVfs& operator=(FaultVfs const&) = delete;
  ~FaultVfs();

  /// What to pass to sqlite3_open_v2.
  char const* name() const { return name_.c_str(); }

 private:
  static int open(sqlite3_vfs* vfs, char const* path, sqlite3_file* file, int flags, int* out_flags);

  Faults& faults_;
  sqlite3_vfs* real_;
  std::string name_;
  sqlite3_vfs vfs_;
};

}  // namespace parlance::storage::sqlite

#pragma once

#include <memory>
#include <string>

#include "storage/database.h"
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/fault_vfs.h"

namespace parlance::storage::sqlite {

/// One database file, made where it is missing, and the thread that checkpoints it.
class SqliteDatabase final : public Database {
 public:
  static Result<std::unique_ptr<Database>> open(std::string path, DatabaseOptions options);

  Engine engine() const override { return Engine::sqlite; }
  Result<std::unique_ptr<Connection>> connect(Access access) override;

 private:
  SqliteDatabase(std::string path, DatabaseOptions options) : path_(std::move(path)), options_(std::move(options)) {}

  std::string path_;
  DatabaseOptions options_;
  FaultVfs vfs_{faults_};
  std::unique_ptr<Checkpointer> checkpointer_;
};

}  // namespace parlance::storage::sqlite

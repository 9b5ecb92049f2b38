#include "storage/sqlite/fault_vfs.h"

#include <atomic>

namespace parlance::storage::sqlite {
namespace {

/// The handle that SQLite allocates: ours, with the real layer's right behind it.
struct File {
  sqlite3_file base;
  Faults* faults;  // null for files that never fail, such as temporary ones

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }

/// Passes a method on to the real file.
template <auto Method, typename... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
  auto const real = ours(file)->real();
  return (real->pMethods->*Method)(real, arguments...);
}

int write(sqlite3_file* file, void const* data, int size, sqlite3_int64 offset) {
  if (ours(file)->faults && ours(file)->faults->is_full()) return SQLITE_FULL;
  return forward<&sqlite3_io_methods::xWrite>(file, data, size, offset);
}

int sync(sqlite3_file* file, int flags) {
  if (ours(file)->faults && ours(file)->faults->take_fsync()) return SQLITE_IOERR_FSYNC;
  return forward<&sqlite3_io_methods::xSync>(file, flags);
}

void barrier(sqlite3_file* file) {
  auto const real = ours(file)->real();
  real->pMethods->xShmBarrier(real);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 3,
    .xClose = forward<&sqlite3_io_methods::xClose>,
    .xRead = forward<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = forward<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = sync,
    .xFileSize = forward<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = forward<&sqlite3_io_methods::xLock, int>,
    .xUnlock = forward<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = forward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = forward<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = forward<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = forward<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = forward<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = forward<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = barrier,
    .xShmUnmap = forward<&sqlite3_io_methods::xShmUnmap, int>,
    .xFetch = forward<&sqlite3_io_methods::xFetch, sqlite3_int64, int, void**>,
    .xUnfetch = forward<&sqlite3_io_methods::xUnfetch, sqlite3_int64, void*>,
};

}  // namespace

FaultVfs::FaultVfs(Faults& faults) : faults_(faults), real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  static std::atomic<int> count = 0;
  name_ = "parlance-" + std::to_string(++count);
  // The other functions of the copy stay the real layer's; they do not look at which vfs they were called through.
  vfs_.zName = name_.c_str();
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.pAppData = this;
  vfs_.xOpen = open;
  sqlite3_vfs_register(&vfs_, 0);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

int FaultVfs::open(sqlite3_vfs* vfs, char const* path, sqlite3_file* file, int flags, int* out_flags) {
  auto const self = static_cast<FaultVfs*>(vfs->pAppData);
  auto const opened = ours(file);
  opened->faults = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) ? &self->faults_ : nullptr;
  auto const code = self->real_->xOpen(self->real_, path, opened->real(), flags, out_flags);
  opened->base.pMethods = opened->real()->pMethods ? &kMethods : nullptr;
  return code;
}

}  // namespace parlance::storage::sqlite

#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// The numbers are stored.
enum class FileState { reserved = 0, stored = 1 };

/// One upload; several may share a blob.
struct File {
  FileId id;
  TenantId tenant;
  SpaceId space;
  ConversationId conversation;  ///< none where it was uploaded to a space
  UserId owner;
  FileState state = FileState::stored;
  std::string name;
  std::string media_type;
  std::string kind;  ///< what the uploader said it is: file, image, video, audio, pdf
  std::int64_t size = 0;
  std::string digest;  ///< SHA-256 in hex: the blob's key
  Timestamp created_at = 0;
};

}  // namespace parlance::model

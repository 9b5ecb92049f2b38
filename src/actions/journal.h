#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actions/host.h"
#include "actions/limits.h"
#include "actions/objects.h"
#include "base/ids.h"
#include "model/tenant.h"
#include "storage/read_pool.h"

namespace parlance::actions {

/// The numbers are nowhere stored.
enum class Operation { create, update, remove, post };

/// One thing that a program wants done.
struct Step {
  Operation operation = Operation::create;
  std::string type;                ///< of the object; "message" for a post
  std::int64_t id = 0;             ///< of the object; for a post that of the message, once it is sent
  bool is_new = false;             ///< the object is made by this very run
  bool needs_approval = false;     ///< by the tenant's policy
  boost::json::object fields;      ///< as the program gave them; {"text"} for a post
  boost::json::object all_fields;  ///< of the object after this step
};

/// What a program is told about its surroundings.
struct Surroundings {
  TenantId tenant;
  model::ActionPolicy policy;
  boost::json::object thread;
  boost::json::object user;
  std::string now;
  bool is_approved = false;
};

/// The host of a run: reads the stored objects, and notes what is to be written instead of writing it. The program sees
/// what it has noted as done. A worker's thread.
class Journal : public Host {
 public:
  Journal(storage::ReadPool& reads, Surroundings surroundings, Limits const& limits);

  Result<Object> create(std::string_view type, boost::json::object fields) override;
  Result<Object> update(std::string_view type, std::int64_t id, boost::json::object fields) override;
  Result<void> remove(std::string_view type, std::int64_t id) override;
  Result<std::optional<Object>> get(std::string_view type, std::int64_t id) override;
  Result<std::vector<Object>> query(std::string_view type, boost::json::object const& wanted,
                                    std::size_t limit) override;
  Result<void> post(std::string_view text) override;
  boost::json::object thread_info() override { return surroundings_.thread; }
  boost::json::object user_info() override { return surroundings_.user; }
  std::string now() override { return surroundings_.now; }
  bool is_approved() override { return surroundings_.is_approved; }

  /// What is to be done, in order.
  std::vector<Step> const& steps() const { return steps_; }

  /// What the run has looked at: it stands only while these are as they were.
  struct Type {
    TypeStamp stamp;
    std::int64_t last_id = 0;  ///< the last one that this run has given out
    bool is_changed = false;
  };
  std::map<std::string, Type, std::less<>> const& types() const { return types_; }

 private:
  using Key = std::pair<std::string, std::int64_t>;
  struct Draft {
    std::optional<Object> object;  ///< none: deleted
    bool is_new = false;
  };

  Result<Type*> look_at(std::string_view type);
  Result<Object> must_get(std::string_view type, std::int64_t id);
  Result<void> check_room(boost::json::object const& fields);
  bool needs_approval(std::string_view type) const;
  bool is_new(Key const& key) const;
  Result<void> note(Step step);

  storage::ReadPool& reads_;
  Surroundings const surroundings_;
  Limits const limits_;
  std::vector<Step> steps_;
  std::map<std::string, Type, std::less<>> types_;
  std::map<Key, Draft> drafts_;
  std::size_t posts_ = 0;
  std::size_t items_bytes_ = 0;
};

}  // namespace parlance::actions

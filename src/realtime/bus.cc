#include "realtime/bus.h"

#include "base/crypto.h"

namespace parlance::realtime {
namespace {

class LocalBus final : public Bus {
 public:
  std::string const& node() const override { return node_; }
  Result<void> start(BusReceiver&) override { return {}; }
  void stop() override {}
  void publish(std::vector<model::LiveEvent> const&) override {}
  void send(Signal const&) override {}
  void tell(Note const&) override {}
  BusState state() const override { return {}; }

 private:
  std::string const node_ = random_uuid();
};

}  // namespace

std::unique_ptr<Bus> make_local_bus() { return std::make_unique<LocalBus>(); }

}  // namespace parlance::realtime

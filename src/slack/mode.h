#pragma once

namespace parlance::slack {

enum class Mode {
  write,
  dry,  ///< reads and checks all of it, and writes nothing
};

}  // namespace parlance::slack

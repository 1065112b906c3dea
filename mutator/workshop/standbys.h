// standbys: the programs of one built tree, each loaded when it is first asked for and then held ready. They
// must not outlive a build of that tree: what they have loaded is the library as it was.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "mutator/base/standby.h"

namespace nanobug::workshop {

class Standbys {
 public:
  explicit Standbys(std::filesystem::path tree) : tree_(std::move(tree)) {}

  // Of the command's program, in its environment; from several threads. Null when it cannot be held ready.
  Standby* of(const Command& command);

 private:
  struct Place {
    std::once_flag started;
    std::unique_ptr<Standby> standby;
  };

  const std::filesystem::path tree_;
  std::mutex adding_;
  std::map<std::string, Place> places_;
};

}  // namespace nanobug::workshop

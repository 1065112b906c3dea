// standbys: the programs of one built tree, each loaded when it is first asked for and then held ready. They
// must not outlive a build of that tree: what they have loaded is the library as it was.
//
// What a tree's programs have from elsewhere (LibTorch takes a quarter of a second) is the same for all trees
// and all programs. It is loaded once by the Hosts of a workshop, and the programs join.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mutator/base/standby.h"

namespace nanobug::workshop {

// Standbys by what they hold, each started by whoever asks first while the others wait.
class Held {
 public:
  template <class Start>
  Standby* of(const std::string& key, Start start) {
    std::unique_lock lock(adding_);
    Place& place = places_[key];  // stays where it is
    lock.unlock();
    std::call_once(place.started, [&] { place.standby = start(); });
    return place.standby.get();
  }

 private:
  struct Place {
    std::once_flag started;
    std::unique_ptr<Standby> standby;
  };
  std::mutex adding_;
  std::map<std::string, Place> places_;
};

class Hosts {
 public:
  // A process that has these libraries, for programs that run in the command's environment; from several
  // threads. Null when there can be none.
  Standby* of(const Command& command, const std::vector<std::filesystem::path>& libraries,
              const std::filesystem::path& not_these);

 private:
  Held held_;
};

class Standbys {
 public:
  // The hosts outlive it.
  Standbys(Hosts& hosts, std::filesystem::path tree) : hosts_(hosts), tree_(std::move(tree)) {}

  // Of the command's program, in its environment; from several threads. Null when it cannot be held ready.
  Standby* of(const Command& command);

 private:
  std::unique_ptr<Standby> hold(const Command& command);
  std::unique_ptr<Standby> join(const Command& command);

  Hosts& hosts_;
  const std::filesystem::path tree_;
  Held held_;
};

}  // namespace nanobug::workshop

// standbys: see standbys.h.
#include "mutator/workshop/standbys.h"

namespace nanobug::workshop {

Standby* Standbys::of(const Command& command) {
  std::string key = command.argv.front();
  for (const auto& [name, value] : command.environment) key += '\0' + name + '=' + value;
  std::unique_lock lock(adding_);
  Place& place = places_[key];  // stays where it is
  lock.unlock();
  std::call_once(place.started, [&] { place.standby = Standby::start(command, tree_); });
  return place.standby.get();
}

}  // namespace nanobug::workshop

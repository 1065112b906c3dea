// name: what a session is called. The name stands in branch names and directories that the learner sees all
// the time, so it is made of a date and two words that have nothing to do with any bug.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace nanobug::session {

// "2026-11-21-quiet-heron", UTC. The seed chooses the words; a name that is taken gives way to the next pair.
std::string choose_name(std::int64_t time, std::uint64_t seed, const std::set<std::string>& taken);

// From the system; for nonces and for the names of temporary directories.
std::string random_bytes(size_t count);

}  // namespace nanobug::session

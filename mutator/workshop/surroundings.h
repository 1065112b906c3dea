// surroundings: the environment that a tree's programs and its probes run in. It is the same whoever asks:
// what a shell exports for something else must not change what a tree is found to compute.
#pragma once

#include "mutator/base/process.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

// The libraries of the tree's own build are found first, by whatever name they are asked for; nothing is
// loaded in front of them. Of the caller's variables the command is without those that choose how LibTorch,
// OpenMP and the C library compute, or that make a program one rank of several.
void give_surroundings(Command& command, const Workshop& workshop, const fs::path& tree);

}  // namespace nanobug::workshop

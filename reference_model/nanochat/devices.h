// Where a program computes.

#pragma once

#include <c10/core/Device.h>

#include <string>

namespace nanochat {

class Args;

// Declares --device, "cpu" or "cuda".
void add_device_option(Args& args, std::string* name);

// The device of this name, for a run of so many ranks, which average on the CPU: a GPU takes one.
// UsageError for any other name and for several ranks on a GPU; std::runtime_error if it is "cuda"
// and LibTorch can use no GPU here.
c10::Device device_named(const std::string& name, int64_t world_size = 1);

}  // namespace nanochat

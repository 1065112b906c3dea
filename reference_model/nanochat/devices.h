// Where a program computes.

#pragma once

#include <c10/core/Device.h>

#include <string>

namespace nanochat {

class Args;

// Declares --device, "cpu" or "cuda".
void add_device_option(Args& args, std::string* name);

// The device of this name. UsageError for any other name; std::runtime_error if it is "cuda" and
// LibTorch can use no GPU here.
c10::Device device_named(const std::string& name);

}  // namespace nanochat

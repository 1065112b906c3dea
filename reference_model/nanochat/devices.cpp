// Where a program computes. Contracts are in the header.

#include "nanochat/devices.h"

#include <ATen/Context.h>

#include <stdexcept>

#include "nanochat/args.h"
#include "nanochat/common.h"

namespace nanochat {

void add_device_option(Args& args, std::string* name) {
  args.add("device", name, "cpu, or cuda for the first GPU");
}

c10::Device device_named(const std::string& name, int64_t world_size) {
  if (name == "cpu") return c10::kCPU;
  if (name != "cuda") throw UsageError("--device must be cpu or cuda, not '" + name + "'");
  if (!at::hasCUDA()) {
    throw std::runtime_error("no GPU: LibTorch found none, or was built without CUDA");
  }
  if (world_size > 1) {
    throw UsageError("several ranks average on the CPU: --device cuda takes one");
  }
  return c10::Device(c10::kCUDA, 0);
}

}  // namespace nanochat

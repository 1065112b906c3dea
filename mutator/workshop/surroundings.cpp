// surroundings: see surroundings.h.
#include "mutator/workshop/surroundings.h"

#include <cstdlib>

#include "mutator/workshop/alias.h"

namespace nanobug::workshop {
namespace {

const std::vector<std::string> kNotInherited = {
    // the loader's, and the C library's
    "LD_PRELOAD", "LD_AUDIT", "GLIBC_TUNABLES", "MALLOC_*",
    // how many threads, which instructions, which kernels
    "OMP_*", "GOMP_*", "KMP_*", "MKL_*", "OPENBLAS_*", "DNNL_*", "ONEDNN_*", "ATEN_*", "TORCH_*", "PYTORCH_*",
    "CUBLAS_*", "NVIDIA_TF32_OVERRIDE",
    // torchrun's
    "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "GROUP_WORLD_SIZE", "ROLE_*",
    "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_*", "GLOO_*", "NCCL_*"};

}  // namespace

void give_surroundings(Command& command, const Workshop& workshop, const fs::path& tree) {
  command.not_inherited = kNotInherited;
  if (workshop.spec().build.library.empty()) return;
  // It goes before a run path, which is where a program would look.
  const fs::path beside = (workshop.build_directory(tree) / workshop.spec().build.library).parent_path();
  const std::string first = plain_alias(beside).value_or(beside).string();  // the list is parted by colons
  const char* path = std::getenv("LD_LIBRARY_PATH");
  command.environment["LD_LIBRARY_PATH"] = first + (path ? std::string(":") + path : "");
}

}  // namespace nanobug::workshop

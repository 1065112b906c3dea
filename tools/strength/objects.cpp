// objects: see objects.h.
#include "tools/strength/objects.h"

namespace nanobug::strength {
namespace {

Result<std::string> stripped(const fs::path& object, const fs::path& scratch) {
  const auto finished =
      run({.argv = {"llvm-objcopy-19", "--strip-debug", object.string(), scratch.string()}});
  NANOBUG_TRY(finished);
  if (!finished->good())
    return fail(Exit::io, "llvm-objcopy-19 cannot read " + object.string() + ": " + finished->err);
  auto bytes = read_file(scratch);
  std::error_code ignored;
  fs::remove(scratch, ignored);
  return bytes;
}

}  // namespace

Result<bool> same_code(const workshop::Clean& clean, const workshop::Mutant& mutant) {
  const fs::path scratch = mutant.outputs.string() + ".stripped";
  for (const std::string& file : mutant.files) {
    if (!file.ends_with(".o")) continue;
    const auto own = stripped(mutant.outputs / file, scratch);
    NANOBUG_TRY(own);
    const auto pristine = stripped(clean.build / file, scratch);
    NANOBUG_TRY(pristine);
    if (*own != *pristine) return false;
  }
  return true;
}

}  // namespace nanobug::strength

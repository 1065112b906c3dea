// build_id: which build of a library is it? The linker writes a hash of what it linked into an ELF note.
#pragma once

#include <filesystem>
#include <string>

namespace nanobug {

// Lower-case hex of the NT_GNU_BUILD_ID note (elf(5); ld's --build-id); "" for a file that has none or is no
// 64-bit ELF file of this machine's byte order.
std::string build_id(const std::filesystem::path& library);

}  // namespace nanobug

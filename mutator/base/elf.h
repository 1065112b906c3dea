// elf: the segments of a program or a library, for who asks what kind of file it is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nanobug {

// Are these the bytes of an ELF file; of one that is compiled and not linked yet (ET_REL)?
bool is_elf(std::string_view bytes);
bool is_elf_object(std::string_view bytes);

// The bytes of each segment of this type (PT_NOTE, PT_INTERP, …; elf(5)) that is no longer than a megabyte,
// in the file's order; none of a file that is no 64-bit ELF file of this machine's byte order. Nothing in the
// file is trusted: what it does not hold is empty.
std::vector<std::string> elf_segments(const std::filesystem::path& file, std::uint32_t type);

// Is it a program that glibc's loader starts?
bool elf_wants_glibc(const std::filesystem::path& program);

// Can it be loaded at any address?
bool elf_is_position_independent(const std::filesystem::path& file);

// Does it hold copies of a library's variables (R_X86_64_COPY), which the library itself then uses? True as
// well where that cannot be said.
bool elf_copies_data(const std::filesystem::path& program);

}  // namespace nanobug

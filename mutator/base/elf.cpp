// elf: see elf.h. Every offset is held against the file's size.
#include "mutator/base/elf.h"

#include <elf.h>

#include <cstring>
#include <fstream>

namespace nanobug {
namespace {

constexpr std::uint64_t kLongest = 1u << 20;

// The bytes at an offset, or nothing where the file has not that many.
std::string bytes_at(std::ifstream& in, std::uint64_t offset, std::uint64_t count) {
  std::string bytes(count, '\0');
  in.clear();
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(bytes.data(), static_cast<std::streamsize>(count));
  return in && static_cast<std::uint64_t>(in.gcount()) == count ? bytes : std::string();
}

template <class T>
bool read_at(std::ifstream& in, std::uint64_t offset, T& value) {
  const std::string bytes = bytes_at(in, offset, sizeof value);
  if (bytes.empty()) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  return true;
}

}  // namespace

std::vector<std::string> elf_segments(const std::filesystem::path& file, std::uint32_t type) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> found;
  Elf64_Ehdr head;
  if (!read_at(in, 0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_phentsize != sizeof(Elf64_Phdr))
    return found;
  for (int i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!read_at(in, head.e_phoff + static_cast<std::uint64_t>(i) * sizeof segment, segment)) break;
    if (segment.p_type == type && segment.p_filesz <= kLongest)
      found.push_back(bytes_at(in, segment.p_offset, segment.p_filesz));
  }
  return found;
}

}  // namespace nanobug

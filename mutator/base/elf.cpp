// elf: see elf.h. Every offset is held against the file's size.
#include "mutator/base/elf.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>

namespace nanobug {
namespace {

constexpr std::uint64_t kLongest = 1u << 20, kLongestTable = 64u << 20;

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

using Segments = std::vector<Elf64_Phdr>;

// Its head and its segments' heads; nothing of what is no such file.
Segments heads(std::ifstream& in, Elf64_Ehdr& head) {
  Segments all;
  if (!read_at(in, 0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_phentsize != sizeof(Elf64_Phdr))
    return all;
  for (int i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!read_at(in, head.e_phoff + static_cast<std::uint64_t>(i) * sizeof segment, segment)) break;
    all.push_back(segment);
  }
  return all;
}

// The elements of a table in the file; none where the file has not all of it.
template <class T>
std::vector<T> table_at(std::ifstream& in, std::uint64_t offset, std::uint64_t bytes) {
  const std::string text = bytes <= kLongestTable ? bytes_at(in, offset, bytes) : std::string();
  std::vector<T> all(text.size() / sizeof(T));
  if (!all.empty()) std::memcpy(all.data(), text.data(), all.size() * sizeof(T));
  return all;
}

// Where in the file an address of the loaded program lies.
std::optional<std::uint64_t> offset_of(const Segments& segments, std::uint64_t address) {
  for (const Elf64_Phdr& segment : segments)
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz)
      return segment.p_offset + (address - segment.p_vaddr);
  return std::nullopt;
}

#ifdef __aarch64__
constexpr std::uint32_t kCopy = R_AARCH64_COPY;
#else
constexpr std::uint32_t kCopy = R_X86_64_COPY;
#endif

}  // namespace

bool is_elf(std::string_view bytes) {
  return bytes.starts_with(ELFMAG);
}

bool is_elf_object(std::string_view bytes) {
  constexpr size_t kType = EI_NIDENT;
  return is_elf(bytes) && bytes.size() > kType + 1 && bytes[kType] == ET_REL && bytes[kType + 1] == 0;
}

std::vector<std::string> elf_segments(const std::filesystem::path& file, std::uint32_t type) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> found;
  Elf64_Ehdr head;
  for (const Elf64_Phdr& segment : heads(in, head))
    if (segment.p_type == type && segment.p_filesz <= kLongest)
      found.push_back(bytes_at(in, segment.p_offset, segment.p_filesz));
  return found;
}

bool elf_wants_glibc(const std::filesystem::path& program) {
  const std::vector<std::string> loaders = elf_segments(program, PT_INTERP);
  return !loaders.empty() && loaders.front().size() <= 4096 &&
         loaders.front().find("/ld-linux") != std::string::npos;
}

bool elf_is_position_independent(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Elf64_Ehdr head;
  return !heads(in, head).empty() && head.e_type == ET_DYN;
}

bool elf_copies_data(const std::filesystem::path& program) {
  std::ifstream in(program, std::ios::binary);
  Elf64_Ehdr head;
  const Segments segments = heads(in, head);
  std::uint64_t address = 0, size = 0;
  for (const Elf64_Phdr& segment : segments)
    if (segment.p_type == PT_DYNAMIC)
      for (const Elf64_Dyn& entry : table_at<Elf64_Dyn>(in, segment.p_offset, segment.p_filesz)) {
        if (entry.d_tag == DT_RELA) address = entry.d_un.d_ptr;
        if (entry.d_tag == DT_RELASZ) size = entry.d_un.d_val;
      }
  if (size == 0) return segments.empty();
  const auto offset = offset_of(segments, address);
  const auto all = offset ? table_at<Elf64_Rela>(in, *offset, size) : std::vector<Elf64_Rela>();
  return all.empty() || std::any_of(all.begin(), all.end(), [](const Elf64_Rela& relocation) {
           return ELF64_R_TYPE(relocation.r_info) == kCopy;
         });
}

}  // namespace nanobug

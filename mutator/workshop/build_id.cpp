// build_id: see build_id.h. Nothing in the file is trusted: every offset is held against its size.
#include "mutator/workshop/build_id.h"

#include <elf.h>

#include <cstring>
#include <fstream>

namespace nanobug::workshop {
namespace {

constexpr std::uint64_t kLargestNotes = 1u << 20;

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

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char c : bytes) text += {kDigits[c >> 4], kDigits[c & 15]};
  return text;
}

std::uint64_t padded(std::uint64_t size) {
  return (size + 3) & ~std::uint64_t{3};
}

// The build id among the notes of one segment.
std::string id_in(const std::string& notes) {
  for (std::uint64_t at = 0; at + sizeof(Elf64_Nhdr) <= notes.size();) {
    Elf64_Nhdr note;
    std::memcpy(&note, notes.data() + at, sizeof note);
    const std::uint64_t name = at + sizeof note, content = name + padded(note.n_namesz);
    if (content + note.n_descsz > notes.size()) return "";
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && notes.compare(name, 4, "GNU", 4) == 0)
      return hex(std::string_view(notes).substr(content, note.n_descsz));
    at = content + padded(note.n_descsz);
  }
  return "";
}

}  // namespace

std::string build_id(const std::filesystem::path& library) {
  std::ifstream in(library, std::ios::binary);
  Elf64_Ehdr head;
  if (!read_at(in, 0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_phentsize != sizeof(Elf64_Phdr))
    return "";
  for (int i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!read_at(in, head.e_phoff + static_cast<std::uint64_t>(i) * sizeof segment, segment)) return "";
    if (segment.p_type != PT_NOTE || segment.p_filesz > kLargestNotes) continue;
    if (std::string id = id_in(bytes_at(in, segment.p_offset, segment.p_filesz)); !id.empty()) return id;
  }
  return "";
}

}  // namespace nanobug::workshop

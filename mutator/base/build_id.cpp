// build_id: see build_id.h. Nothing in the file is trusted: every offset is held against its size.
#include "mutator/base/build_id.h"

#include <elf.h>

#include <cstring>

#include "mutator/base/elf.h"
#include "mutator/base/hex.h"

namespace nanobug {
namespace {

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
      return to_hex(std::string_view(notes).substr(content, note.n_descsz));
    at = content + padded(note.n_descsz);
  }
  return "";
}

}  // namespace

std::string build_id(const std::filesystem::path& library) {
  for (const std::string& notes : elf_segments(library, PT_NOTE))
    if (std::string id = id_in(notes); !id.empty()) return id;
  return "";
}

}  // namespace nanobug

// loaded: see loaded.h.
#include "loaded.h"

#include <elf.h>
#include <link.h>

#include <cstring>

namespace {

struct Search {
  std::string name;
  Loaded found;
};

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

std::string id_in(const char* notes, std::size_t size) {
  for (std::size_t at = 0; at + sizeof(ElfW(Nhdr)) <= size;) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes + at, sizeof note);
    const std::size_t name = at + sizeof note, content = name + padded(note.n_namesz);
    if (content + note.n_descsz > size) return "";
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(notes + name, "GNU", 4) == 0) {
      std::string hex;
      for (std::size_t i = 0; i < note.n_descsz; ++i) {
        const auto byte = static_cast<unsigned char>(notes[content + i]);
        hex += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
      }
      return hex;
    }
    at = content + padded(note.n_descsz);
  }
  return "";
}

int look_at(dl_phdr_info* object, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  const std::string path = object->dlpi_name;
  if (path.substr(path.rfind('/') + 1) != search.name) return 0;
  search.found.path = path;
  for (int i = 0; i < object->dlpi_phnum && search.found.build_id.empty(); ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type == PT_NOTE)
      search.found.build_id =
          id_in(reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr), segment.p_memsz);
  }
  return 1;
}

}  // namespace

Loaded loaded_library(const std::string& name) {
  Search search{name, {}};
  ::dl_iterate_phdr(look_at, &search);
  return search.found;
}

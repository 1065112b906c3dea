// build_id: read from files that are put together here, note by note, so that what must come out is known.
#include "mutator/base/build_id.h"

#include <elf.h>

#include <cstring>

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

template <class T>
std::string bytes_of(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

std::string note(std::uint32_t type, const std::string& name, const std::string& content) {
  const Elf64_Nhdr head{static_cast<Elf64_Word>(name.size() + 1), static_cast<Elf64_Word>(content.size()),
                        type};
  return bytes_of(head) + padded(name + '\0') + padded(content);
}

// A file with one PT_NOTE segment for each of these, and one of another type in front.
std::string file_of(const std::vector<std::string>& segments, unsigned char elf_class = ELFCLASS64) {
  Elf64_Ehdr head{};
  std::memcpy(head.e_ident, ELFMAG, SELFMAG);
  head.e_ident[EI_CLASS] = elf_class;
  head.e_phoff = sizeof head;
  head.e_phentsize = sizeof(Elf64_Phdr);
  head.e_phnum = static_cast<Elf64_Half>(segments.size() + 1);
  std::string table(sizeof(Elf64_Phdr), '\0'), contents;
  for (const std::string& segment : segments) {
    Elf64_Phdr entry{};
    entry.p_type = PT_NOTE;
    entry.p_offset = sizeof head + sizeof(Elf64_Phdr) * (segments.size() + 1) + contents.size();
    entry.p_filesz = segment.size();
    table += bytes_of(entry), contents += segment;
  }
  return bytes_of(head) + table + contents;
}

}  // namespace

TEST_CASE("a build id is the note of GNU's, in hex, wherever it stands", "[base][elf]") {
  const fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-elf");
  const auto id_in = [&](const std::string& bytes) {
    REQUIRE(write_unsynced(place / "file", bytes));
    return build_id(place / "file");
  };
  const std::string id("\x00\x1f\xa0\xff\x7e\x09\xc3\x50", 8), hex = "001fa0ff7e09c350";
  const std::string ours = note(NT_GNU_BUILD_ID, "GNU", id),
                    abi = note(NT_GNU_ABI_TAG, "GNU", std::string(16, 1)),
                    other = note(NT_GNU_BUILD_ID, "ABC", "other"), odd = note(7, "LongName", "xyz");
  CHECK(id_in(file_of({ours})) == hex);
  CHECK(id_in(file_of({abi + odd + other + ours})) == hex);
  CHECK(id_in(file_of({abi, odd + other, ours, note(NT_GNU_BUILD_ID, "GNU", "second")})) == hex);
  CHECK(id_in(file_of({note(NT_GNU_BUILD_ID, "GNU", "\xab")})) == "ab");
  for (const std::string& none : {file_of({}), file_of({abi + odd, other}), file_of({ours}, ELFCLASS32),
                                  std::string("\x7f"
                                              "ELF"),
                                  std::string()})
    CHECK(id_in(none).empty());
  const std::string whole = file_of({abi + ours});
  for (size_t size = 0; size < whole.size(); ++size) CHECK(id_in(whole.substr(0, size)).empty());
  REQUIRE(remove_tree(place));
}

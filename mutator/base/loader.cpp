// loader: see loader.h.
#include "mutator/base/loader.h"

#include <elf.h>

#include "mutator/base/elf.h"
#include "mutator/base/files.h"

namespace nanobug {

std::optional<std::vector<fs::path>> libraries_of(const Command& command) {
  if (!elf_wants_glibc(command.argv.front())) return std::nullopt;
  Command ask = {.argv = {command.argv.front()},
                 .environment = command.environment,
                 .not_inherited = command.not_inherited,
                 .limits = command.limits};
  ask.environment["LD_TRACE_LOADED_OBJECTS"] = "1";
  const auto told = run(ask);
  if (!told || !told->good()) return std::nullopt;
  // "\tlibm.so.6 => /lib/libm.so.6 (0x00007f…)", "\t/lib64/ld-linux-x86-64.so.2 (0x…)", "\tlinux-vdso.so.1
  // (0x…)"
  std::vector<fs::path> libraries;
  for (const std::string_view line : lines_of(told->out)) {
    const size_t arrow = line.find(" => "),
                 from = arrow == line.npos ? line.find_first_not_of('\t') : arrow + 4;
    const size_t to = line.rfind(" (0x");
    if (to == line.npos || from >= to) return std::nullopt;  // "=> not found"
    const std::string_view path = line.substr(from, to - from);
    if (path.front() == '/' && path.find("/ld-linux") == path.npos) libraries.emplace_back(path);
  }
  return libraries;
}

bool can_join_a_process(const fs::path& program) {
  return elf_wants_glibc(program) && elf_is_position_independent(program) &&
         elf_segments(program, PT_TLS).empty() && !elf_copies_data(program);
}

}  // namespace nanobug

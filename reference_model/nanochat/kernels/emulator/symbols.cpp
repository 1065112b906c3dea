// Symbols and lines. Contracts are in the header.

#include "symbols.h"

#include <cxxabi.h>
#include <elf.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

extern "C" char** environ;

#include <fcntl.h>
#include <spawn.h>

namespace emulator {
namespace {

struct Function {
  uintptr_t offset;
  size_t bytes;
  std::string name;
};

struct Program {
  std::string path;
  uintptr_t base = 0, begin = 0, end = 0;
  size_t tls_bytes = 0;
  std::vector<SharedVariable> variables;
  std::vector<Function> functions;
};

std::string demangled(const char* name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  std::free(text);
  return result;
}

// "kernel<float>" of "void nanochat::kernel<float>(float*, int)".
std::string without_parameters(std::string name) {
  int depth = 0;
  size_t end = name.size(), begin = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<') ++depth;
    if (name[i] == '>') --depth;
    if (depth != 0) continue;
    if (name.compare(i, 21, "(anonymous namespace)") == 0) {
      i += 20;
    } else if (name[i] == '(') {
      end = i;
      break;
    } else if (name[i] == ' ' || (name[i] == ':' && i > 0 && name[i - 1] == ':')) {
      begin = i + 1;
    }
  }
  return name.substr(begin, end - begin);
}

// The last part of a name such as "kernel<float>(float*, int)::tile".
std::string last_part(const std::string& name) {
  const size_t colon = name.rfind("::");
  return colon == std::string::npos ? name : name.substr(colon + 2);
}

void read_table(Program& program) {
  std::ifstream file(program.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < sizeof(Elf64_Ehdr)) return;
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(bytes.data());
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(bytes.data() + header->e_shoff);
  for (int s = 0; s < header->e_shnum; ++s) {
    if (sections[s].sh_type != SHT_SYMTAB) continue;
    const char* names = bytes.data() + sections[sections[s].sh_link].sh_offset;
    const auto* symbols = reinterpret_cast<const Elf64_Sym*>(bytes.data() + sections[s].sh_offset);
    for (size_t i = 0; i < sections[s].sh_size / sizeof(Elf64_Sym); ++i) {
      const Elf64_Sym& symbol = symbols[i];
      if (symbol.st_shndx == SHN_UNDEF || symbol.st_size == 0) continue;
      const char* name = names + symbol.st_name;
      if (ELF64_ST_TYPE(symbol.st_info) == STT_TLS) {
        program.variables.push_back({symbol.st_value, symbol.st_size, last_part(demangled(name))});
      } else if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC) {
        program.functions.push_back({symbol.st_value, symbol.st_size, name});
      }
    }
  }
  auto by_offset = [](const auto& a, const auto& b) { return a.offset < b.offset; };
  std::sort(program.variables.begin(), program.variables.end(), by_offset);
  std::sort(program.functions.begin(), program.functions.end(), by_offset);
}

// The program or the library that this very code is in.
int find_itself(dl_phdr_info* info, size_t, void* out) {
  static const char here = 0;
  Program found;
  found.base = info->dlpi_addr;
  found.begin = UINTPTR_MAX;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type == PT_TLS) found.tls_bytes = segment.p_memsz;
    if (segment.p_type != PT_LOAD) continue;
    found.begin = std::min<uintptr_t>(found.begin, found.base + segment.p_vaddr);
    found.end = std::max<uintptr_t>(found.end, found.base + segment.p_vaddr + segment.p_memsz);
  }
  const uintptr_t address = reinterpret_cast<uintptr_t>(&here);
  if (address < found.begin || address >= found.end) return 0;
  const bool has_name = info->dlpi_name != nullptr && info->dlpi_name[0] != 0;
  found.path = has_name ? info->dlpi_name : "/proc/self/exe";
  *static_cast<Program*>(out) = found;
  return 1;
}

const Program& program() {
  static const Program it = [] {
    Program p;
    dl_iterate_phdr(find_itself, &p);
    read_table(p);
    return p;
  }();
  return it;
}

// llvm-symbolizer as a child that is asked line by line; it ends when this process closes its pipe.
class Symbolizer {
 public:
  Symbolizer() {
    int questions[2], answers[2];
    if (pipe2(questions, O_CLOEXEC) != 0) return;
    if (pipe2(answers, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, questions[0], 0);
    posix_spawn_file_actions_adddup2(&actions, answers[1], 1);
    char path[4096];  // of a program: the child's /proc/self/exe is another one
    const ssize_t length = readlink(program().path.c_str(), path, sizeof(path) - 1);
    std::string object =
        "--obj=" + (length > 0 ? std::string(path, static_cast<size_t>(length)) : program().path);
    char basenames[] = "--basenames";
    bool runs = false;
    for (const char* name :
         {"llvm-symbolizer-19", "llvm-symbolizer", "llvm-symbolizer-20", "llvm-symbolizer-18"}) {
      std::string command = name;
      char* words[] = {command.data(), object.data(), basenames, nullptr};
      pid_t child;
      if (posix_spawnp(&child, name, &actions, nullptr, words, environ) == 0) {
        runs = true;
        break;
      }
    }
    posix_spawn_file_actions_destroy(&actions);
    close(questions[0]);
    close(answers[1]);
    if (!runs) return;
    questions_ = fdopen(questions[1], "w");
    answers_ = fdopen(answers[0], "r");
  }

  std::vector<Line> frames(uintptr_t offset) {
    std::vector<Line> result;
    if (questions_ == nullptr || answers_ == nullptr) return result;
    std::fprintf(questions_, "0x%zx\n", static_cast<size_t>(offset));
    std::fflush(questions_);
    char* text = nullptr;
    size_t room = 0;
    Line line;
    for (bool second = false;; second = !second) {
      const ssize_t length = getline(&text, &room, answers_);
      if (length <= 1) break;
      std::string word(text, static_cast<size_t>(length - 1));
      if (!second) {
        line.function = without_parameters(word);
        continue;
      }
      word.erase(word.rfind(':'));
      const size_t colon = word.rfind(':');
      line.line = std::atoi(word.c_str() + colon + 1);
      line.file = word.substr(0, colon);
      result.push_back(line);
    }
    std::free(text);
    return result;
  }

 private:
  FILE* questions_ = nullptr;
  FILE* answers_ = nullptr;
};

bool is_language(const std::string& file) {
  return file == "cuda_runtime.h" || file == "cuda_bf16.h" || file == "vector_types.h";
}

}  // namespace

uintptr_t program_base() {
  return program().base;
}
uintptr_t program_begin() {
  return program().begin;
}
uintptr_t program_end() {
  return program().end;
}
size_t shared_bytes() {
  return program().tls_bytes;
}
const std::vector<SharedVariable>& shared_variables() {
  return program().variables;
}

std::string function_name(const void* address) {
  const uintptr_t offset = reinterpret_cast<uintptr_t>(address) - program().base;
  for (const Function& f : program().functions) {
    if (f.offset <= offset && offset < f.offset + f.bytes)
      return without_parameters(demangled(f.name.c_str()));
  }
  return "kernel";
}

Line line_before(uintptr_t offset) {
  static std::map<uintptr_t, Line> known;
  const auto [place, is_new] = known.try_emplace(offset);
  if (!is_new) return place->second;
  static Symbolizer symbolizer;
  const std::vector<Line> frames = symbolizer.frames(offset - 1);
  for (const Line& frame : frames) {
    if (frame.line == 0 || is_language(frame.file)) continue;
    place->second = frame;
    break;
  }
  if (place->second.line == 0) {
    char text[40];
    std::snprintf(text, sizeof(text), "program+0x%zx", static_cast<size_t>(offset - 1));
    place->second = {frames.empty() ? "?" : frames.front().function, text, 0};
  }
  return place->second;
}

}  // namespace emulator

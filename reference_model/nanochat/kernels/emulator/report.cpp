// Reports: what was found, each pair of lines once.

#include <cstdio>
#include <cstdlib>
#include <map>
#include <tuple>

#include "machine.h"
#include "symbols.h"

namespace emulator {
namespace {

// What nobody has taken when the program ends is printed then, and the program has failed.
struct Found {
  std::vector<Report> reports;
  std::map<std::tuple<Kind, uintptr_t, uintptr_t>, size_t> places;

  ~Found() {
    run_what_is_left();
    if (reports.empty()) return;
    std::fflush(nullptr);
    for (const Report& report : reports) std::fprintf(stderr, "%s\n", report.text().c_str());
    std::_Exit(1);
  }
};

Found& found() {
  program_base();  // read before, so that it is still there at the end
  static Found it;
  return it;
}

std::string coordinates(uint3 index) {
  return "(" + std::to_string(index.x) + ", " + std::to_string(index.y) + ", " +
         std::to_string(index.z) + ")";
}

std::string side(const Access& access) {
  std::string text = "  " + access.what;
  if (!access.launch.empty()) text += " by a launch of " + access.launch;
  if (access.by_thread) {
    text += " by thread " + coordinates(access.thread) + " of block " + coordinates(access.block);
  }
  if (!access.file.empty()) {
    text += "\n    " + access.file + (access.line > 0 ? ":" + std::to_string(access.line) : "") +
            " in " + access.function;
  }
  return text + "\n";
}

}  // namespace

const char* name(Kind kind) {
  switch (kind) {
    case Kind::race:
      return "race";
    case Kind::out_of_bounds:
      return "out of bounds";
    case Kind::misaligned:
      return "misaligned address";
    case Kind::unwritten:
      return "read of unwritten memory";
    case Kind::barrier_divergence:
      return "divergent barrier";
    case Kind::warp_divergence:
      return "divergent warp";
    case Kind::warp_mask:
      return "wrong mask";
    case Kind::arithmetic:
      return "arithmetic";
    case Kind::launch:
      return "launch";
    case Kind::endless:
      return "no end";
  }
  return "";
}

std::string Report::text() const {
  std::string result = std::string(name(kind)) +
                       (kernel.empty() ? " outside of kernels" : " in " + kernel) +
                       (object.empty() ? "" : ": " + object) + "\n";
  result += "  " + message + (times > 1 ? " (" + std::to_string(times) + " times)" : "") + "\n";
  if (first.known) result += side(first);
  if (second.known) result += side(second);
  return result;
}

uintptr_t site_of(const void* return_address) {
  static const uintptr_t base = program_base();
  return reinterpret_cast<uintptr_t>(return_address) - base;
}

namespace {

void add_line(Access& access, uintptr_t site) {
  if (site == 0) return;
  const Line line = line_before(site);
  access.function = line.function;
  access.file = line.file;
  access.line = line.line;
}

}  // namespace

Access describe_launch(const void* kernel, uintptr_t site, std::string what) {
  Access access;
  access.what = std::move(what);
  access.known = true;
  access.by_thread = false;
  if (kernel != nullptr) access.launch = function_name(kernel);
  add_line(access, site);
  return access;
}

Access describe(uint32_t id, uintptr_t site, std::string what) {
  const uint32_t block = id / machine.threads_per_block, number = id % machine.threads_per_block;
  Access access;
  access.what = std::move(what);
  access.known = true;
  const dim3 grid = machine.grid, size = machine.block;
  access.block = {block % grid.x, block / grid.x % grid.y, block / grid.x / grid.y};
  access.thread = {number % size.x, number / size.x % size.y, number / size.x / size.y};
  add_line(access, site);
  return access;
}

Access describe(const Thread& thread, uintptr_t site, std::string what) {
  return describe(thread.id, site, std::move(what));
}

bool reported(Kind kind, uintptr_t site1, uintptr_t site2) {
  const auto place = found().places.find({kind, site1, site2});
  if (place == found().places.end()) return false;
  ++found().reports[place->second].times;
  return true;
}

void report(Kind kind, std::string object, std::string message, uintptr_t site1, uintptr_t site2,
            Access first, Access second) {
  found().places[{kind, site1, site2}] = found().reports.size();
  const std::string kernel = machine.kernel == nullptr ? "" : function_name(machine.kernel);
  found().reports.push_back({kind, kernel, std::move(object), std::move(message), std::move(first),
                             std::move(second), 1});
}

std::vector<Report> take_reports() {
  run_what_is_left();
  std::vector<Report> result;
  result.swap(found().reports);
  found().places.clear();
  return result;
}

}  // namespace emulator

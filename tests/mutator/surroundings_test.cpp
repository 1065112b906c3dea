// surroundings: what a tree computes does not depend on what the shell of who asks exports.
#include "mutator/workshop/surroundings.h"

#include <cstdlib>
#include <map>
#include <optional>

#include "mutator/workshop/programs.h"
#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

// Set as long as it lives.
class Exported {
 public:
  explicit Exported(std::map<std::string, std::string> variables) {
    for (const auto& [name, value] : variables) {
      const char* const was = std::getenv(name.c_str());
      before_[name] = was ? std::optional<std::string>(was) : std::nullopt;
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~Exported() {
    for (const auto& [name, value] : before_)
      if (value)
        ::setenv(name.c_str(), value->c_str(), 1);
      else
        ::unsetenv(name.c_str());
  }
  Exported(const Exported&) = delete;
  Exported& operator=(const Exported&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

std::map<std::string, std::string> printed_environment(const Workshop& shop, const fs::path& tree) {
  const RunDirectory scratch = *RunDirectory::make(shop.spec());
  catalog::Step step;
  step.program = "environment";
  REQUIRE(write_file(shop.build_directory(tree) / step.program, "#!/bin/sh\nenv -0\n", 0755));
  const auto report = run_step(shop, step, tree, scratch, {.threads = 1});
  REQUIRE(report);
  REQUIRE(report->finished.good());
  std::map<std::string, std::string> variables;
  std::string_view rest = report->finished.out;
  for (size_t end; (end = rest.find('\0')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
    const std::string_view one = rest.substr(0, end);
    variables[std::string(one.substr(0, one.find('=')))] = one.substr(one.find('=') + 1);
  }
  return variables;
}

}  // namespace

TEST_CASE("no library that the shell names is judged instead of the tree's own", "[grade]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  edit(own / "stats.cpp", "2 * (x - target)", "3 * (x - target)");
  const auto [name, value] = GENERATE_COPY(
      std::pair<std::string, std::string>("LD_LIBRARY_PATH", clean.build.string()),
      std::pair<std::string, std::string>("LD_PRELOAD", (clean.build / "libstats.so").string()));
  const Exported exported({{name, value}});
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK_FALSE(verdict.solved);
  REQUIRE(verdict.parity.size() == 1);
  CHECK(verdict.parity[0].differs());
  edit(own / "stats.cpp", "3 * (x - target)", "2 * (x - target)");
  CHECK(judged.judge(shop, clean, own).solved);
}

TEST_CASE("a program is no rank of somebody's job, and computes as the machine does by itself",
          "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const fs::path tree = judged.path / "tree";
  const Exported exported({{"RANK", "1"},
                           {"WORLD_SIZE", "2"},
                           {"LOCAL_RANK", "1"},
                           {"MASTER_ADDR", "elsewhere"},
                           {"MASTER_PORT", "1"},
                           {"TORCHELASTIC_RUN_ID", "x"},
                           {"OMP_NUM_THREADS", "7"},
                           {"OMP_PROC_BIND", "true"},
                           {"MKL_CBWR", "COMPATIBLE"},
                           {"ATEN_CPU_CAPABILITY", "default"},
                           {"GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2"},
                           {"LD_LIBRARY_PATH", "/somebody's"},
                           {"RANKING", "theirs"},
                           {"MINE", "yes"}});
  const auto has = printed_environment(shop, tree);
  for (const char* name :
       {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID",
        "OMP_PROC_BIND", "MKL_CBWR", "ATEN_CPU_CAPABILITY", "GLIBC_TUNABLES"}) {
    INFO(name);
    CHECK_FALSE(has.contains(name));
  }
  CHECK(has.at("OMP_NUM_THREADS") == "1");
  CHECK(has.at("LD_LIBRARY_PATH") == (tree / "build").string() + ":/somebody's");
  CHECK(has.at("RANKING") == "theirs");
  CHECK(has.at("MINE") == "yes");
}

// boundary: what nobody foresaw ends in one sentence and exit code 6, never in an abort; and what was found
// so.
#include <unistd.h>

#include <algorithm>

#include "mutator/base/for_loader.h"
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

void check_one_sentence(const Finished& finished) {
  INFO(finished.how() << ' ' << finished.err);
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
  CHECK(finished.err.starts_with("nanobug: "));
  CHECK(finished.err.find("terminate") == std::string::npos);
}

}  // namespace

TEST_CASE("no memory is one sentence and exit code 6, wherever it runs out", "[tiny]") {
  const Tiny tiny;
  const ForLoader fault(fs::path(NANOBUG_PROGRAM).parent_path() / "libfault.so");
  const auto fails_at = [&](int at) {
    return tiny.user.command({"env", "LD_PRELOAD=" + fault.name(), "FAULT_NEW=" + std::to_string(at),
                              NANOBUG_PROGRAM, "list", "--json"});
  };
  // CLI11 makes a dozen constants for each file that includes it, before main; nobody can say a sentence
  // there.
  int begun = 100;
  while (begun < 1200 && fails_at(begun).signal != 0) begun += 50;
  REQUIRE(begun < 1200);
  int ended = 0;
  for (const int more : {0, 50, 200, 600, 900, 1900, 3400, 5400, 8400}) {
    INFO("at " << begun + more);
    const Finished finished = fails_at(begun + more);
    CHECK(finished.signal == 0);
    if (finished.exit_code == 0) continue;  // it took fewer
    ++ended;
    CHECK(finished.exit_code == 6);
    check_one_sentence(finished);
    CHECK(finished.err.find("memory ran out") != std::string::npos);
  }
  CHECK(ended > 0);
}

TEST_CASE("every verb of a session is quiet with -q, and works", "[tiny]") {
  const Tiny tiny;
  const fs::path dir = tiny.place / "work";
  const auto quiet = [&](std::vector<std::string> words, int exit_code) {
    words.insert(words.begin(), "-q");
    const Finished finished = tiny.user.nanobug(words);
    INFO(words[1] << ": " << finished.how() << ' ' << finished.err);
    CHECK(finished.exit_code == exit_code);
    CHECK(finished.signal == 0);
    CHECK(finished.err.empty());
  };
  quiet({"start", "mean-divides-by-one-less", "--dir", dir.string()}, 0);
  quiet({"status"}, 0);
  quiet({"run"}, 0);
  quiet({"hint"}, 0);
  quiet({"locate", "stats.cpp:3"}, 1);
  quiet({"check"}, 1);
  quiet({"reveal"}, 0);
  quiet({"stop"}, 0);
  quiet({"progress"}, 0);
}

TEST_CASE("a checkout whose name is no UTF-8 is told in JSON", "[tiny]") {
  const Tiny tiny;
  const std::string dir = (tiny.place / "caf\xe9").string();
  const json start = tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", dir});
  CHECK(start["dir"].get<std::string>().find("/caf") != std::string::npos);
  tiny.user.ask({"status"});
  tiny.user.ask({"check"}, 1);
  const json stop = tiny.user.ask({"stop"});
  CHECK(stop["outcome"] == "stopped");
  CHECK(fs::exists(fs::path(dir) / "stats.cpp"));
}

TEST_CASE("a file of terabytes in the checkout keeps nobody from checking and stopping", "[tiny]") {
  const Tiny tiny;
  const fs::path dir = tiny.place / "work";
  tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", dir.string()});
  REQUIRE(write_file(dir / "core", "begin"));
  REQUIRE(::truncate((dir / "core").c_str(), off_t{4} << 40) == 0);
  CHECK(tiny.user.ask({"check"}, 1)["builds"] == true);
  const json stop = tiny.user.ask({"stop"});
  CHECK(stop["note"].get<std::string>().find("core") != std::string::npos);
  CHECK(fs::file_size(fs::path(stop["attempt"].get<std::string>()) / "core") == std::uintmax_t{4} << 40);
}

TEST_CASE("whatever is damaged in the cache is made again", "[tiny]") {
  const Tiny tiny;
  const std::string damage = GENERATE(as<std::string>(), "[{}]", "{}", "[1]", "", "\xff");
  tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", (tiny.place / "one").string()});
  tiny.user.ask({"check"}, 1);
  tiny.user.ask({"stop"});
  int damaged = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(tiny.user.home / ".cache", error), end; it != end;
       it.increment(error)) {
    const std::string path = it->path().string();
    const bool kept = path.find("/certificates/") != std::string::npos ||
                      path.find("/sites/") != std::string::npos || path.ends_with("answers.json") ||
                      path.ends_with("list.jsonl");
    if (!it->is_regular_file() || !kept) continue;
    REQUIRE(write_file(it->path(), damage));
    ++damaged;
  }
  REQUIRE(damaged > 1);
  tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", (tiny.place / "two").string()});
  CHECK(tiny.user.ask({"check"}, 1)["builds"] == true);
  tiny.user.ask({"stop"});
}

TEST_CASE("run and stop side by side: stop waits for another time", "[tiny]") {
  const Tiny tiny;
  const fs::path dir = tiny.place / "work";
  tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", dir.string()});
  // A checkout whose program stops nanobug itself, while it runs, and notes the answer.
  const fs::path note = tiny.place / "note";
  replace_in(dir / "descend.cpp", "  double x = 0;",
             "  if (std::system(\"'" + std::string(NANOBUG_PROGRAM) + "' stop > /dev/null 2>&1; echo $? > '" +
                 note.string() + "'\") < 0) return 3;\n  double x = 0;");
  tiny.user.nanobug({"run"});
  CHECK(text_of(note) == "5\n");
  CHECK(fs::exists(dir / "stats.cpp"));
  tiny.user.ask({"stop"});
}

TEST_CASE("a shell that stands in the checkout is told that it stands in the attempt", "[tiny]") {
  const Tiny tiny;
  const fs::path dir = tiny.place / "work";
  const std::string nanobug = "'" + std::string(NANOBUG_PROGRAM) + "' ";
  tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", dir.string()});
  // One shell, all along.
  const Finished finished = tiny.user.command(
      {"bash", "-c",
       nanobug + "stop > /dev/null && echo -- >&2 && " + nanobug + "start mean-divides-by-one-less --dir '" +
           dir.string() + "' > /dev/null && echo -- >&2 && cd '" + dir.string() + "' && " + nanobug +
           "status > /dev/null"},
      dir);
  REQUIRE(finished.good());
  const size_t one = finished.err.find("--\n"), two = finished.err.find("--\n", one + 1);
  REQUIRE(two != std::string::npos);
  const std::string stop = finished.err.substr(0, one), start = finished.err.substr(one, two - one);
  for (const std::string& said : {stop, start}) {
    INFO(said);
    CHECK(said.find("this shell still stands in ") != std::string::npos);
    CHECK(said.ends_with("cd " + dir.string() + "\n"));
  }
  CHECK(finished.err.substr(two) == "--\n");
}

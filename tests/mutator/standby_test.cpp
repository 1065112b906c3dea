// standby: what a held program does is what it does when it is loaded; and it is loaded once.
// process_test.cpp has the limits, the signals and what is left running, for both ways.
#include <algorithm>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/base/loader.h"
#include "mutator/base/standby.h"
#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

const fs::path kPrograms = NANOBUG_TEST_BIN_DIR;

struct Scratch {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-standby");
  ~Scratch() { (void)remove_tree(path); }
};

Command program(std::vector<std::string> arguments, const fs::path& notes = {},
                const char* name = "standby_program") {
  arguments.insert(arguments.begin(), (kPrograms / "standby" / name).string());
  Command command{.argv = std::move(arguments)};
  if (!notes.empty()) command.environment["STANDBY_NOTES"] = notes.string();
  return command;
}

std::vector<std::string> lines_of_file(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

using Notes = std::vector<std::string>;

// A program that has joined a process of its libraries: its own one is there already, or comes with it.
struct Joined {
  std::unique_ptr<Standby> host, program;

  Joined(const Command& command, bool library_is_own) {
    const auto libraries = libraries_of(command);
    REQUIRE(libraries);
    std::vector<fs::path> shared, own;
    for (const fs::path& library : *libraries)
      (library_is_own && library.filename() == "libstandby_library.so" ? own : shared).push_back(library);
    REQUIRE(own.size() == (library_is_own ? 1 : 0));
    host = Standby::of_libraries(command, shared, "");
    if (host) program = Standby::join(*host, command, own);
  }
};

}  // namespace

TEST_CASE("a run of a held program is a run like any other", "[base][standby]") {
  Scratch scratch;
  std::ofstream(scratch.path / "input") << "words\nof input\n";
  std::vector<Command> commands = {program({"exit", "0"}), program({"exit", "17"}), program({"abort"}),
                                   program({"throw"}), program({"tell", "last word"})};
  commands.push_back(program({"tell", ""}));
  commands.back().directory = scratch.path;
  commands.back().input = scratch.path / "input";
  commands.back().environment = {{"ONE", "1 = 1"}, {"TWO", ""}};
  commands.push_back(program({"tell", std::string(100'000, 'x')}));
  std::unique_ptr<Standby> started;
  std::optional<Joined> joined;
  SECTION("started") {
    started = Standby::start(program({}), kPrograms);
  }
  SECTION("joined, with a library of its own") {
    joined.emplace(program({}), true);
  }
  SECTION("joined, where all libraries are") {
    joined.emplace(program({}), false);
  }
  Standby* const standby = joined ? joined->program.get() : started.get();
  REQUIRE(standby);
  for (Command& command : commands) {
    std::string lines;
    command.lines_from = 3;
    command.on_line = [&](std::string_view line) { lines += line; };
    const auto loaded = run(command);
    const std::string lines_of_loaded = std::exchange(lines, {});
    const auto held = run(command, standby);
    INFO(command.argv[1]);
    REQUIRE((loaded && held));
    CHECK(held->out == loaded->out);
    CHECK(held->err == loaded->err);
    CHECK(lines == lines_of_loaded);
    CHECK(held->exit_code == loaded->exit_code);
    CHECK(held->signal == loaded->signal);
  }
}

TEST_CASE("words that no message holds are no reason not to run", "[base][standby]") {
  const auto standby = Standby::start(program({}), kPrograms);
  REQUIRE(standby);
  Command command = program({"tell"});
  for (int i = 0; i < 10; ++i) command.argv.push_back(std::string(100'000, 'x'));
  const auto held = run(command, standby.get());
  REQUIRE(held->good());
  CHECK(held->out == run(command)->out);
}

TEST_CASE("a held program is loaded once, and what is its own is taken apart each time", "[base][standby]") {
  Scratch scratch;
  const fs::path notes = scratch.path / "notes";
  fs::path own;
  Notes expected;
  SECTION("its library is its own") {
    own = kPrograms / "standby";
    expected = {"library begins", "program begins", "program ends",
                "library ends",   "program ends",   "library ends"};
  }
  SECTION("its library is somebody else's") {
    own = scratch.path;
    expected = {"library begins", "program begins", "program ends", "program ends"};
  }
  SECTION("whose it is does not matter") {
    expected = {"library begins", "program begins", "program ends",
                "library ends",   "program ends",   "library ends"};
  }
  const Command command = program({"exit", "0"}, notes);
  {
    const auto standby = Standby::start(command, own);
    REQUIRE(standby);
    CHECK(lines_of_file(notes) == Notes{"library begins", "program begins"});
    CHECK(run(command, standby.get())->good());
    CHECK(run(command, standby.get())->good());
  }
  CHECK(lines_of_file(notes) == expected);
}

TEST_CASE("what a program joins is loaded once, and is not taken apart", "[base][standby]") {
  Scratch scratch;
  const fs::path notes = scratch.path / "notes";
  const bool library_is_own = GENERATE(true, false);
  const Command command = program({"exit", "0"}, notes);
  {
    const Joined joined(command, library_is_own);
    REQUIRE(joined.program);
    CHECK(lines_of_file(notes) == Notes{"library begins", "program begins"});
    for (const char* code : {"0", "3"})
      CHECK(run(program({"exit", code}, notes), joined.program.get())->exit_code == std::atoi(code));
  }
  CHECK(lines_of_file(notes) ==
        (library_is_own ? Notes{"library begins", "program begins", "program ends", "library ends",
                                "program ends", "library ends"}
                        : Notes{"library begins", "program begins", "program ends", "program ends"}));
}

TEST_CASE("what a program has not flushed is there at its end, held or joined", "[base][standby]") {
  const Command command = program({"version"});
  const std::string alone = run(command)->out;
  CHECK_FALSE(alone.empty());
  for (const bool is_own : {true, false}) {
    const auto held = Standby::start(command, is_own ? kPrograms : fs::path("/nowhere"));
    REQUIRE(held);
    CHECK(run(command, held.get())->out == alone);
    const Joined joined(command, is_own);
    REQUIRE(joined.program);
    CHECK(run(command, joined.program.get())->out == alone);
  }
}

TEST_CASE("another version of a library comes with who joins", "[base][standby]") {
  // What one tree's program was built with is not what another's has.
  const Command command = program({"version"}), other = program({"version"}, {}, "other/standby_program");
  std::vector<fs::path> shared = *libraries_of(command);
  REQUIRE(std::erase(shared, kPrograms / "standby/libstandby_library.so") == 1);
  const auto host = Standby::of_libraries(command, shared, kPrograms);
  REQUIRE(host);
  for (const auto& [each, path] : {std::pair(command, "standby"), std::pair(other, "standby/other")}) {
    const auto joined = Standby::join(*host, each, {kPrograms / path / "libstandby_library.so"});
    REQUIRE(joined);
    const auto there = run(each, joined.get());
    INFO(there->how() << ' ' << there->err);
    CHECK(there->out == run(each)->out);
  }
  CHECK(run(command)->out != run(other)->out);
}

TEST_CASE("who cannot join is known before, or is not held", "[base][standby]") {
  Scratch scratch;
  CHECK(can_join_a_process(kPrograms / "standby" / "standby_program"));
  for (const char* name : {"standby_local", "standby_copies", "standby_fixed", "standby_static", "nothing"}) {
    INFO(name);
    CHECK_FALSE(can_join_a_process(kPrograms / "standby" / name));
  }
  Command command = program({"exit", "0"}, scratch.path / "notes");
  command.limits = {.processor_s = 5, .wall_s = 0.3};
  SECTION("its libraries are not there") {
    CHECK(Standby::of_libraries(command, {scratch.path / "missing.so"}, "") == nullptr);
    CHECK(libraries_of(program({}, {}, "standby_static")) == std::nullopt);
  }
  SECTION("one of them is not for everybody") {
    CHECK(Standby::of_libraries(command, *libraries_of(command), kPrograms) == nullptr);
    CHECK(Standby::of_libraries(command, *libraries_of(command), scratch.path));
  }
  SECTION("it dies before main") {
    command.environment["STANDBY_DIES"] = "yes";
    const Joined joined(command, true);
    CHECK((joined.host && !joined.program));
  }
  SECTION("it hangs before main") {
    command.environment["STANDBY_HANGS"] = "yes";
    const Joined joined(command, true);
    CHECK((joined.host && !joined.program));
  }
  SECTION("the process that it was to join has gone") {
    Joined joined(command, true);
    joined.host.reset();
    CHECK(run(command, joined.program.get())->good());
  }
}

TEST_CASE("several run at once", "[base][standby]") {
  const auto standby = Standby::start(program({}), kPrograms);
  REQUIRE(standby);
  std::vector<std::future<Result<Finished>>> running;
  for (int i = 0; i < 20; ++i)
    running.push_back(std::async(
        std::launch::async, [&, i] { return run(program({"exit", std::to_string(i)}), standby.get()); }));
  for (int i = 0; i < 20; ++i) CHECK(running[static_cast<size_t>(i)].get()->exit_code == i);
}

TEST_CASE("a program that has gone is loaded again", "[base][standby]") {
  const Command command{.argv = {*find_program("bash"), "-c", "echo $PPID"}};
  const auto standby = Standby::start(command, "");
  REQUIRE(standby);
  // The supervisor of a run is the standby's child.
  const std::string supervisor = run(command, standby.get())->out;
  const auto killed = run({.argv = {command.argv[0], "-c",
                                    "read -r _ _ _ parent _ < /proc/$PPID/stat; kill -9 $parent; sleep 600"},
                           .limits = {.wall_s = 60}},
                          standby.get());
  CHECK_FALSE(killed->good());
  CHECK_FALSE(killed->timed_out);
  CHECK(run(command, standby.get())->good());
  CHECK_FALSE(supervisor.empty());
}

TEST_CASE("what cannot be held is not held, and is not run", "[base][standby]") {
  Scratch scratch;
  const fs::path notes = scratch.path / "notes";
  Command command = program({"tell"}, notes);
  command.limits = {.processor_s = 5, .wall_s = 0.3};
  SECTION("it dies before main") {
    command.environment["STANDBY_DIES"] = "yes";
    CHECK(Standby::start(command, kPrograms) == nullptr);
  }
  SECTION("it hangs before main") {
    command.environment["STANDBY_HANGS"] = "yes";
    CHECK(Standby::start(command, kPrograms) == nullptr);
  }
  SECTION("it starts a thread before main, which no fork would have") {
    command.limits = {.processor_s = 20, .wall_s = 20};
    command.environment["STANDBY_THREAD"] = "yes";
    CHECK(Standby::start(command, kPrograms) == nullptr);
    CHECK(Joined(command, /*library_is_own=*/true).program == nullptr);
    CHECK(run(command)->good());
  }
  SECTION("a script") {
    command.argv[0] = (scratch.path / "script").string();
    std::ofstream(command.argv[0]) << "#!/bin/sh\ntouch '" << notes.string() << "'\n";
    fs::permissions(command.argv[0], fs::perms::owner_all);
    CHECK(Standby::start(command, kPrograms) == nullptr);
    CHECK_FALSE(fs::exists(notes));
  }
  SECTION("a program without a loader") {
    command.argv[0] = (kPrograms / "standby" / "standby_static").string();
    CHECK(Standby::start(command, kPrograms) == nullptr);
    CHECK_FALSE(fs::exists(notes));
    CHECK(run(command)->exit_code == 0);
    CHECK(fs::exists(notes));
  }
  SECTION("no program at all") {
    command.argv[0] = (scratch.path / "nothing").string();
    CHECK(Standby::start(command, kPrograms) == nullptr);
  }
}

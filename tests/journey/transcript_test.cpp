// transcript: every word that nanobug says, as a person at a terminal reads it. tests/journey/transcripts/
// has one file a story: a line "$ COMMAND" is given to bash in a home of its own (with "nanobug" on its PATH,
// and $CHECKOUT where a session is open), and what follows is what came: stdout as it is, stderr behind "! ",
// the exit code behind
// "= " where it is not 0. Lines with # are the story's own.
//
// What differs from run to run (names of sessions, places, times, sizes, ids) stands as a word in capitals.
// When words change on purpose, run this with NANOBUG_ACCEPT=1, which writes the files anew, and read the
// diff.
#include <cstdlib>
#include <regex>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const fs::path kStories = fs::path(NANOBUG_PROJECT) / "tests/journey/transcripts";

// One story's home, project and cache.
struct Stage {
  fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-transcript");
  fs::path catalog = copy_of_tiny(place / "project");
  User user{catalog, "home", "cache"};
  ~Stage() { (void)remove_tree(place); }

  std::string without_chance(std::string text) const {
    for (const auto& [path, word] :
         {std::pair(user.home, "HOME"), {user.home.parent_path() / "cache", "CACHE"}, {place, "PLACE"}})
      text = replace_all(std::move(text), path.string(), word);
    static const std::vector<std::pair<std::regex, std::string>> rules = [] {
      std::vector<std::pair<std::regex, std::string>> made;
      for (const auto& [pattern, word] : std::vector<std::pair<const char*, const char*>>{
               {R"x(\b\d{4}-\d{2}-\d{2}-[a-z]+-[a-z]+(-\d+)?\b)x", "SESSION"},
               {R"x(\b\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}Z?)?)?\b)x", "DAY"},
               {R"x(\b[0-9a-f]{40}\b)x", "ID"},
               {R"x(\btrees/[0-9a-f]{24}\b)x", "trees/ID"},
               {R"x(\bshow [0-9a-f]{12}\b)x", "show ID"},
               {R"x(\bclean tree [0-9a-f]{8}\b)x", "clean tree ID"},
               {R"x("key": "[0-9a-f]+")x", R"x("key": "ID")x"},
               {R"x(\b\d+(\.\d)? (GB|MB|kB)\b *)x", "SIZE "},
               {R"x("(\w*bytes)": \d+)x", R"x("$1": SIZE)x"},
               {R"x("(elapsed_s|seconds|learner_seconds|machine_s|solved_in_s|started|used)": [\d.e-]+)x",
                R"x("$1": TIME)x"},
               {R"x(\b0:\d\d\b)x", "TIME"},
               {R"x(\b1[23]:\d\d\b)x", "TIME"},  // twelve of its minutes were paid
               {R"x(\bwithin the hour\b)x", "TIME"},
               {R"x(seed \d{3,}\b)x", "seed NUMBER"},
               {R"x("seed": \d{3,})x", R"x("seed": NUMBER)x"},
               {R"x(\bnanobug \d+\.\d+\.\d+\b)x", "nanobug VERSION"}})
        made.emplace_back(std::regex(pattern), word);
      return made;
    }();
    for (const auto& [pattern, word] : rules) text = std::regex_replace(text, pattern, word);
    return text;
  }

  // What came of one command, as it stands in a story.
  std::string told(const std::string& command) const {
    const std::string open =
        "CHECKOUT=$(nanobug status --json 2>/dev/null | sed -n 's/^  \"dir\": \"\\(.*\\)\",$/\\1/p')\n";
    const Finished finished =
        user.command({"bash", "-c",
                      "PATH='" + user.program.parent_path().string() + "':$PATH\nPROJECT='" +
                          catalog.parent_path().string() + "'\n" + open + command});
    std::string text;
    std::istringstream output(finished.out);
    // What looks like a story's own line stands behind a backslash.
    for (std::string line; std::getline(output, line);)
      text += (line.starts_with("$ ") || line.starts_with("#") ? "\\" : "") + line + '\n';
    std::istringstream errors(finished.err);
    for (std::string line; std::getline(errors, line);) text += line.empty() ? "!\n" : "! " + line + '\n';
    if (finished.exit_code != 0) text += "= " + std::to_string(finished.exit_code) + '\n';
    return without_chance(text);
  }
};

std::string played(const std::string& story) {
  const Stage stage;
  std::string all;
  std::istringstream lines(story);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("$ "))
      all += line + '\n' + stage.told(line.substr(2));
    else if (line.starts_with("#"))
      all += line + '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("every word as it stands in the transcripts", "[transcripts]") {
  std::vector<fs::path> stories;
  for (const auto& entry : fs::directory_iterator(kStories)) stories.push_back(entry.path());
  std::sort(stories.begin(), stories.end());
  REQUIRE(stories.size() >= 5);
  for (const fs::path& file : stories) {
    const std::string expected = text_of(file), actual = played(expected);
    if (actual != expected && std::getenv("NANOBUG_ACCEPT")) {
      REQUIRE(write_unsynced(file, actual));
      continue;
    }
    std::istringstream is(actual), wanted(expected);
    std::string a, b, command;
    for (int number = 1;; ++number) {
      const bool more = static_cast<bool>(std::getline(is, a)),
                 more_wanted = static_cast<bool>(std::getline(wanted, b));
      if (!more && !more_wanted) break;
      if (b.starts_with("$ ")) command = b;
      INFO(file.filename().string() << ':' << number << "\n" << command);
      REQUIRE((more ? a : "(nothing)") == (more_wanted ? b : "(nothing)"));
    }
  }
}

// session parts: the papers of a session one by one: seal, names, session.json, journal, ledger. What they
// promise in their headers, without a session around them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/session/checkout.h"
#include "mutator/session/journal.h"
#include "mutator/session/ledger.h"
#include "mutator/session/name.h"
#include "mutator/session/saved.h"
#include "mutator/session/seal.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::session;
using nanobug::test::bytes_of;
using nanobug::test::put;
using nanobug::test::Scratch;

namespace {

// Every field of its own value, none the one it has anyway.
Session full() {
  Session s;
  s.name = "2026-11-21-quiet-heron";
  s.directory = "/home/a b/caf\xe9%";
  s.pristine = std::string(40, 'a');
  s.mutated = std::string(40, 'b');
  s.injected = {{.rule = "rule-one", .site = 1, .file = "a.cpp", .function = "f", .changed = {}},
                {.rule = "rule-two", .site = 2, .file = "b\xff.cpp", .function = "g", .changed = {}}};
  s.started = 1'795'219'200;
  s.minutes = 33;
  s.seed = 0xffff'ffff'ffff'fff0;
  s.strict = true;
  s.named = true;
  s.hints = 2;
  s.wrong_claims = 4;
  s.located = true;
  s.checks = 5;
  s.solved = true;
  s.revealed = true;
  s.project = std::string(40, 'c');
  s.toolchain = "some key";
  s.options = "--pack x";
  s.solved_at = 1'795'219'300;
  s.machine_seconds = 8;
  s.decoy = true;
  s.no_hints = true;
  s.events = {{1'795'219'210, "note", "", "caf\xc3\xa9"}, {1'795'219'220, "claim", "a.cpp:1, right", "b\n"}};
  s.grades = {-1, 0, 3};
  return s;
}

// Field by field, those of the injected bugs too.
void check_same(const Session& a, const Session& b) {
  CHECK(a.directory == b.directory);
  CHECK(a.injected == b.injected);
  CHECK(a.events == b.events);
  CHECK(a.grades == b.grades);
  CHECK(to_json(Saved{a, {}, {}}) == to_json(Saved{b, {}, {}}));
}

// Another value of the same type.
void vary(nlohmann::json& value) {
  if (value.is_boolean())
    value = !value.get<bool>();
  else if (value.is_number())
    value = value.get<std::uint64_t>() ^ 1;
  else if (value.is_string())
    value = value.get<std::string>() + "x";
}

Saved saved() {
  return {full(), {"build", "runs"}, {7, 9}};
}

Record record(const std::string& name) {
  Record made{full(), 1'795'219'999, "solved", "/attempts/x y", true};
  made.session.name = name;
  return made;
}

nlohmann::json clear_part(const std::string& line) {
  auto json = nlohmann::json::parse(line);
  CHECK(json.erase("sealed") == 1);
  return json;
}

unsigned mode_of(const fs::path& file) {
  struct stat info{};
  REQUIRE(::lstat(file.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

}  // namespace

TEST_CASE("the seal is what its description says, made elsewhere too", "[session][parts]") {
  // Sealed by a few lines of Python from the description in seal.cpp, with the nonce 00 01 … 07.
  const std::string text = R"({"rule":"x"})" + std::string(40, 'y');
  const std::string sealed =
      "nb1:"
      "0001020304050607ae44ca58e7556af68e234797d4959ca5a72d2a5d7d46f2819ec773292ab0c62e60ff8929216357a14a314a"
      "5c24649a0796ecab2e689e17a7e2ec72e0";
  CHECK(unseal(sealed) == text);
  const std::string made = seal(text);
  CHECK(made.size() == sealed.size());
  CHECK(made.starts_with("nb1:"));
  CHECK(made.find_first_not_of("0123456789abcdef", 4) == std::string::npos);
  CHECK(made.substr(4, 16) != seal(text).substr(4, 16));
  std::string upper = sealed;
  std::transform(upper.begin() + 4, upper.end(), upper.begin() + 4,
                 [](unsigned char c) { return std::toupper(c); });
  for (const std::string& wrong :
       {std::string(), std::string("nb1:"), std::string("nb1:0011"), "nb2:" + sealed.substr(4), sealed + "0",
        sealed + "00", sealed.substr(4), upper, sealed.substr(0, sealed.size() - 1) + "g",
        std::string("nb1:00010203040506070000000000000000")}) {
    INFO(wrong);
    CHECK_FALSE(unseal(wrong));
  }
  CHECK(unseal(seal("")) == "");
}

TEST_CASE("a seed's name is the pair of words that splitmix64 says", "[session][parts]") {
  const std::int64_t day = 1795219200;  // 2026-11-21
  CHECK(choose_name(day, 0, {}) ==
        "2026-11-21-kind-kestrel");  // 0xe220a8397b1dcdaf, the published first output
  CHECK(choose_name(day, 0, {"2026-11-21-kind-kestrel"}) == "2026-11-21-kind-lark");
  CHECK(choose_name(day + 86'399, 0, {}) == "2026-11-21-kind-kestrel");
  CHECK(choose_name(day + 86'400, 0, {}) == "2026-11-22-kind-kestrel");
  CHECK(choose_name(0, 1, {}).starts_with("1970-01-01-"));
  std::set<std::string> taken;
  for (int i = 0; i < 1024; ++i) taken.insert(choose_name(day, 0, taken));
  CHECK(taken.size() == 1024);
  CHECK(choose_name(day, 0, taken) == "2026-11-21-kind-kestrel-2");
  for (const std::string& name : taken) CHECK(std::count(name.begin(), name.end(), '-') == 4);
  CHECK(random_bytes(16).size() == 16);
  CHECK(random_bytes(16) != random_bytes(16));
  CHECK(random_bytes(0).empty());
}

TEST_CASE("paths are bytes and come back", "[session][parts]") {
  CHECK(to_text("/a b/c") == "/a b/c");
  CHECK(to_text("100%") == "100%25");
  CHECK(to_text("caf\xc3\xa9\n") == "caf%C3%A9%0A");
  CHECK(to_text("~ \x7f") == "~ %7F");
  for (const std::string& path :
       {std::string("/x/%41"), std::string("\x01\xff%"), std::string("plain"), std::string()})
    CHECK(to_path(to_text(path)).string() == path);
  CHECK(to_path("a%4").string() == "a%4");
  CHECK(to_path("a%41b").string() == "aAb");
  CHECK(to_path("a%").string() == "a%");
}

TEST_CASE("session.json gives back every field, and shows four", "[session][parts]") {
  Scratch scratch;
  const fs::path file = scratch / "session.json";
  CHECK_FALSE(load(file).value());
  REQUIRE(save(file, saved()));
  const auto loaded = load(file).value();
  REQUIRE(loaded);
  check_same(loaded->session, full());
  CHECK(loaded->exclude == saved().exclude);
  CHECK(loaded->checkout == Identity{7, 9});
  CHECK(mode_of(file) == 0600);
  const std::string text = bytes_of(file);
  CHECK(text.ends_with("}\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(clear_part(text) == nlohmann::json{{"format", 1},
                                           {"name", "2026-11-21-quiet-heron"},
                                           {"directory", "/home/a b/caf%E9%25"},
                                           {"started", 1'795'219'200},
                                           {"minutes", 33}});
  // What a line says comes in, and goes out again: each field with another value, one at a time.
  const auto content = open_line(text);
  REQUIRE(content);
  CHECK(content->at("session").at("project") == std::string(40, 'c'));
  CHECK(content->at("session").at("toolchain") == "some key");
  CHECK(content->at("session").at("options") == "--pack x");
  CHECK(content->at("session").at("solved_at") == 1'795'219'300);
  CHECK(content->at("session").at("machine_seconds") == 8);
  for (const auto& [name, value] : content->at("session").items()) {
    INFO(name);
    auto other = *content;
    vary(other["session"][name]);
    for (auto& bug : other["session"]["injected"])
      for (auto& part : bug) vary(part);
    put(file, sealed_line({}, other) + "\n");
    const auto read = load(file).value();
    REQUIRE(read);
    CHECK(to_json(*read) == other);
  }
  // The fields of the first version are needed: one that is missing is damage, not a default.
  for (const char* name :
       {"name", "directory", "pristine", "mutated", "injected", "started", "minutes", "seed", "strict",
        "named", "hints", "wrong_claims", "located", "checks", "solved", "revealed"}) {
    INFO(name);
    auto less = *content;
    less["session"].erase(name);
    put(file, sealed_line({}, less) + "\n");
    const auto damaged = load(file);
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code == Exit::session);
    CHECK(damaged.error().text() ==
          file.string() +
              ": the record of the open session is damaged; move this file away to go on "
              "(the checkout and the vault are untouched)");
  }
  for (const char* name : {"session", "exclude", "checkout"}) {
    auto less = *content;
    less.erase(name);
    put(file, sealed_line({}, less) + "\n");
    CHECK_FALSE(load(file));
  }
}

TEST_CASE("a sealed line is opened whole and of this format, or not at all", "[session][parts]") {
  const nlohmann::json content = {{"a", 1}}, clear = {{"b", 2}};
  const std::string line = sealed_line(clear, content);
  CHECK(open_line(line) == content);
  CHECK(clear_part(line) == nlohmann::json{{"b", 2}, {"format", 1}});
  auto json = nlohmann::json::parse(line);
  json["format"] = 2;
  CHECK_FALSE(open_line(json.dump()));
  json.erase("format");
  CHECK_FALSE(open_line(json.dump()));
  json["format"] = 1;
  CHECK(open_line(json.dump()));
  json["sealed"] = seal("[1]");
  CHECK_FALSE(open_line(json.dump()));
  json["sealed"] = seal("not JSON");
  CHECK_FALSE(open_line(json.dump()));
  json["sealed"] = "nb1:00";
  CHECK_FALSE(open_line(json.dump()));
  json.erase("sealed");
  CHECK_FALSE(open_line(json.dump()));
  CHECK_FALSE(open_line(line.substr(0, line.size() - 1)));
  CHECK_FALSE(open_line("[]"));
  // Bytes that are not UTF-8 are no reason to lose the rest.
  CHECK(open_line(sealed_line({{"b", "\xff"}}, {{"a", "\xff"}})));
  // A number that no field holds: to convert it would be undefined.
  CHECK_FALSE(open_line(sealed_line({}, {{"minutes", 2.05e31}})));
  CHECK_FALSE(open_line(sealed_line({}, {{"list", {{{"minutes", 0.5}}}}})));
}

TEST_CASE("the journal gives back every field of each operation", "[session][parts]") {
  Scratch scratch;
  const fs::path file = scratch / "journal";
  fs::path damaged;
  CHECK_FALSE(read_journal(file, &damaged).value());
  CHECK(damaged.empty());
  for (const Operation operation : {Operation::start, Operation::stop, Operation::end_without_checkout}) {
    Journal journal;
    journal.operation = operation;
    journal.saved = saved();
    journal.staging = "/staging";
    journal.ready = true;
    journal.staged = {3, 5};
    journal.attempt = "/attempt";
    journal.beside = "/beside";
    journal.outcome = "revealed";
    journal.ended = 77;
    REQUIRE(write_journal(file, journal));
    CHECK(mode_of(file) == 0600);
    const auto read = read_journal(file, &damaged).value();
    REQUIRE(read);
    CHECK(read->operation == operation);
    check_same(read->saved.session, full());
    CHECK(read->saved.checkout == Identity{7, 9});
    CHECK(read->staging == "/staging");
    CHECK(read->ready);
    CHECK(read->staged == Identity{3, 5});
    CHECK(read->attempt == "/attempt");
    CHECK(read->beside == "/beside");
    CHECK(read->outcome == "revealed");
    CHECK(read->ended == 77);
    CHECK(clear_part(bytes_of(file)) ==
          nlohmann::json{{"format", 1}, {"staging", "/staging"}, {"directory", "/home/a b/caf%E9%25"}});
  }
  REQUIRE(close_journal(file));
  CHECK_FALSE(fs::exists(file));
  REQUIRE(close_journal(file));
  // Damaged ones are set aside, each under a name of its own, and as they were.
  for (int i = 1; i <= 2; ++i) {
    put(file, "damage " + std::to_string(i));
    CHECK_FALSE(read_journal(file, &damaged).value());
    CHECK(damaged == file.string() + ".damaged-" + std::to_string(i));
    CHECK(bytes_of(damaged) == "damage " + std::to_string(i));
    CHECK_FALSE(fs::exists(file));
  }
  put(file, sealed_line({}, {{"operation", "start"}}) + "\n");
  CHECK_FALSE(read_journal(file, &damaged).value());
  CHECK(damaged == file.string() + ".damaged-3");
  // A word that we do not know is no start, whose recovery would remove things.
  REQUIRE(write_journal(file, {}));
  nlohmann::json unknown = *open_line(bytes_of(file));
  CHECK(unknown.at("operation") == "start");
  unknown["operation"] = "rename";
  put(file, sealed_line({}, unknown) + "\n");
  CHECK_FALSE(read_journal(file, &damaged).value());
  CHECK(damaged == file.string() + ".damaged-4");
}

TEST_CASE("every number of a paper comes back as it stands there, or the paper is damaged",
          "[session][parts]") {
  Scratch scratch;
  const fs::path session = scratch / "session.json", ledger = scratch / "ledger.jsonl",
                 journal = scratch / "journal";
  Saved one = saved();
  one.session.injected.front().changed = {{3, 4}};
  Record ended = record("one");
  ended.session = one.session;
  Journal under_way;
  under_way.saved = one;
  REQUIRE(save(session, one));
  REQUIRE(add_to_ledger(ledger, ended));
  REQUIRE(write_journal(journal, under_way));
  // What is read there now, as JSON; null when it is damaged.
  const auto read_session = [&] {
    const auto read = load(session);
    return read ? to_json(**read) : nlohmann::json();
  };
  const auto read_ledger_line = [&] {
    std::vector<std::string> warnings;
    const auto read = read_ledger(ledger, &warnings).value();
    CHECK(read.size() + warnings.size() == 1);
    return read.empty() ? nlohmann::json() : to_json(read.front());
  };
  const auto read_again = [&] {
    fs::path damaged;
    const auto read = read_journal(journal, &damaged).value();
    if (!read) return nlohmann::json();
    REQUIRE(write_journal(journal, *read));
    return *open_line(bytes_of(journal));
  };
  const std::vector<std::pair<fs::path, std::function<nlohmann::json()>>> papers = {
      {session, read_session}, {ledger, read_ledger_line}, {journal, read_again}};
  const std::set<std::string> whole_64_bits = {
      "/session/seed",     "/saved/session/seed", "/checkout/0", "/checkout/1",
      "/saved/checkout/0", "/saved/checkout/1",   "/staged/0",   "/staged/1"};
  for (const auto& [file, read] : papers) {
    const nlohmann::json content = *open_line(bytes_of(file)), flat = content.flatten();
    CHECK(read().dump() == content.dump());
    int numbers = 0;
    for (const auto& [place, value] : flat.items()) {
      if (!value.is_number()) continue;
      ++numbers;
      for (const nlohmann::json& other :
           {nlohmann::json(-1), nlohmann::json(999), nlohmann::json(std::int64_t{1} << 32 | 1),
            nlohmann::json(INT64_MAX), nlohmann::json(INT64_MIN), nlohmann::json(UINT64_MAX)}) {
        INFO(file.filename().string() << " " << place << " = " << other.dump());
        nlohmann::json changed = content;
        changed[nlohmann::json::json_pointer(place)] = other;
        put(file, sealed_line({}, changed) + "\n");
        const nlohmann::json found = read();
        if (other == 999 && place.find("/grades/") != std::string::npos)
          CHECK(found.is_null());  // a grade is 0 to 3, or none
        else if (other == 999 ||
                 (other == UINT64_MAX && other.is_number_unsigned() && whole_64_bits.contains(place)))
          CHECK(found.dump() == changed.dump());
        else
          CHECK((found.is_null() || found.dump() == changed.dump()));
      }
    }
    CHECK(numbers >= 15);
  }
}

TEST_CASE("the ledger has each session once and every field of it", "[session][parts]") {
  Scratch scratch;
  const fs::path file = scratch / "ledger.jsonl";
  CHECK(read_ledger(file, nullptr).value().empty());
  REQUIRE(add_to_ledger(file, record("one")));
  REQUIRE(add_to_ledger(file, record("two")));
  REQUIRE(add_to_ledger(file, record("one")));
  std::vector<std::string> warnings;
  auto records = read_ledger(file, &warnings).value();
  CHECK(warnings.empty());
  REQUIRE(records.size() == 2);
  Session expected = full();
  expected.name = "one";
  check_same(records[0].session, expected);
  CHECK(records[0].ended == 1'795'219'999);
  CHECK(records[0].outcome == "solved");
  CHECK(records[0].attempt == "/attempts/x y");
  CHECK(records[0].gone);
  CHECK(records[1].session.name == "two");
  const std::string text = bytes_of(file);
  CHECK(clear_part(text.substr(0, text.find('\n'))) ==
        nlohmann::json{{"format", 1}, {"name", "one"}, {"ended", 1'795'219'999}});
  // A last line that a full disk cut costs itself and no more.
  put(file, text.substr(0, text.size() - 10));
  REQUIRE(add_to_ledger(file, record("three")));
  records = read_ledger(file, &warnings).value();
  REQUIRE(records.size() == 2);
  CHECK(records[1].session.name == "three");
  CHECK(warnings == std::vector<std::string>{file.string() +
                                             ":2: this line of the ledger is damaged and was passed over"});
  CHECK(read_ledger(file, nullptr).value().size() == 2);
}

TEST_CASE("what a killed write left is swept, and nothing else", "[session][parts]") {
  Scratch scratch;
  nanobug::test::start_in(scratch);
  for (const char* name :
       {".journal.abcdef", ".session.json.abcdef", ".journal.abcde", ".other.abcdef", "journal.abcdef"})
    put(scratch / "state" / name, "x");
  nanobug::test::desk_in(scratch);
  CHECK_FALSE(fs::exists(scratch / "state/.journal.abcdef"));
  CHECK_FALSE(fs::exists(scratch / "state/.session.json.abcdef"));
  for (const char* name : {".journal.abcde", ".other.abcdef", "journal.abcdef"})
    CHECK(fs::exists(scratch / "state" / name));
}

TEST_CASE("verbs without a session say how to begin one", "[session][parts]") {
  Scratch scratch;
  auto desk = nanobug::test::desk_in(scratch);
  const std::string none = "no session is open; nanobug start begins one";
  const auto updated = desk.update([](Session&) {});
  const auto stopped = desk.stop("stopped");
  const auto snapshot = desk.snapshot("x");
  REQUIRE_FALSE(updated);
  REQUIRE_FALSE(stopped);
  REQUIRE_FALSE(snapshot);
  CHECK(updated.error().message == none);
  CHECK(updated.error().code == Exit::session);
  CHECK(stopped.error().message == none);
  CHECK(stopped.error().code == Exit::session);
  CHECK(snapshot.error().message == none);
  CHECK(snapshot.error().code == Exit::session);
}

TEST_CASE("a started session remembers what was asked", "[session][parts]") {
  Scratch scratch;
  auto request = nanobug::test::furnished_request(scratch / "work");
  request.minutes = 42;
  request.seed = 99;
  request.strict = true;
  request.named = true;
  request.project["catalog.yaml"].bytes = "tree:\n";
  request.toolchain = "t";
  request.options = "o";
  auto desk = nanobug::test::desk_in(scratch);
  const auto started = desk.start(request);
  REQUIRE(started);
  CHECK(started->minutes == 42);
  CHECK(started->seed == 99);
  CHECK(started->strict);
  CHECK(started->named);
  CHECK(started->injected == request.injected);
  CHECK(started->pristine == vault::tree_id(request.pristine).value());
  CHECK(started->mutated == vault::tree_id(request.mutated).value());
  CHECK(started->hints == 0);
  CHECK(started->project == vault::tree_id(request.project).value());
  CHECK(started->toolchain == "t");
  CHECK(started->options == "o");
  CHECK(started->name.starts_with("20"));
  const auto second = desk.start(nanobug::test::request_for(scratch / "other"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Exit::session);
  CHECK(second.error().message == "the session " + started->name + " is open in " +
                                      fs::canonical(scratch / "work").string() + "; nanobug stop ends it");
  CHECK(bytes_of(scratch / "work/.git/info/exclude") == "/build\n");
  CHECK(nanobug::test::git_out(scratch / "work", {"log", "--format=%s|%at|%ct|%an"}) ==
        "Start of the session|1735689600|1735689600|nanobug");
}

// base files: what is on the disk, in which order it came there, and the sentence where it could not.
//
// fsync and rename are this program's own here: they note what they are asked and pass it on, so that the
// order which a power cut depends on is seen without one.
#include <dlfcn.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "mutator/base/files.h"
#include "mutator/base/hex.h"
#include "mutator/base/paths.h"
#include "mutator/base/suggest.h"
#include "mutator/vault/tree.h"
#include "tests/mutator/variable.h"
#include "tests/probes/catch.h"

using namespace nanobug;

using test::Variable;

namespace {

std::vector<std::string>* noted = nullptr;  // null: nobody listens

std::string path_of(int fd) {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/fd/" + std::to_string(fd), ignored).string();
}

struct Listening {
  std::vector<std::string> calls;
  Listening() { noted = &calls; }
  ~Listening() { noted = nullptr; }
};

}  // namespace

extern "C" int fsync(int fd) {
  static auto* const real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fsync"));
  if (noted) noted->push_back("fsync " + path_of(fd));
  return real(fd);
}

extern "C" int rename(const char* from, const char* to) noexcept {
  static auto* const real = reinterpret_cast<int (*)(const char*, const char*)>(::dlsym(RTLD_NEXT, "rename"));
  if (noted) noted->push_back(std::string("rename ") + from + " " + to);
  return real(from, to);
}

namespace {

struct Scratch {
  fs::path path = fs::canonical(*make_temporary_directory(fs::temp_directory_path(), "nanobug-files"));
  ~Scratch() { (void)remove_tree(path); }
  fs::path operator/(const std::string& name) const { return path / name; }
};

size_t entries(const fs::path& directory) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(directory), {}));
}

unsigned mode_of(const fs::path& file) {
  struct stat info{};
  REQUIRE(::lstat(file.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

std::string why(const Status& status) {
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Exit::io);
  return status.error().message;
}

}  // namespace

TEST_CASE("a file is on the disk before it has its name, and its name after", "[base][files]") {
  const Scratch scratch;
  const fs::path file = scratch / "file";
  Listening to;
  REQUIRE(write_file(file, "new"));
  REQUIRE(to.calls.size() == 3);
  const std::string temporary = to.calls[0].substr(6);
  CHECK(temporary.starts_with((scratch / ".file.").string()));
  CHECK(to.calls[0] == "fsync " + temporary);
  CHECK(to.calls[1] == "rename " + temporary + " " + file.string());
  CHECK(to.calls[2] == "fsync " + scratch.path.string());
  CHECK(entries(scratch.path) == 1);

  to.calls.clear();
  REQUIRE(append_line(file, "line"));
  CHECK(to.calls == std::vector<std::string>{"fsync " + file.string()});
  to.calls.clear();
  REQUIRE(sync_path(scratch.path));
  CHECK(to.calls == std::vector<std::string>{"fsync " + scratch.path.string()});
  to.calls.clear();
  REQUIRE(write_unsynced(file, "again"));
  CHECK(to.calls.empty());
  REQUIRE(vault::sync_tree(scratch.path, {}));
  CHECK(to.calls.back() == "fsync " + scratch.path.string());
}

TEST_CASE("whole files in and out", "[base][files]") {
  const Scratch scratch;
  const fs::path file = scratch / "a/b/file";
  for (const unsigned mode : {0644u, 0600u, 0755u}) {
    REQUIRE(write_file(file, "text", mode));
    CHECK(mode_of(file) == mode);
  }
  REQUIRE(write_file(scratch / "usual", ""));
  CHECK(mode_of(scratch / "usual") == 0644);
  CHECK(*read_file(scratch / "usual") == "");
  const std::string large(200'000, 'x');  // more than one read() gives
  REQUIRE(write_file(file, large));
  CHECK(*read_file(file) == large);
  REQUIRE(write_unsynced(file, "short"));
  CHECK(*read_file(file) == "short");
  REQUIRE(write_unsynced(scratch / "c/d/file", "made"));
  CHECK(*read_file(scratch / "c/d/file") == "made");
  REQUIRE(append_line(scratch / "e/log", "one"));
  REQUIRE(append_line(scratch / "e/log", ""));
  CHECK(*read_file(scratch / "e/log") == "one\n\n");
  // A name without a directory is one here.
  const fs::path before = fs::current_path();
  fs::current_path(scratch.path);
  CHECK(write_file("plain", "x"));
  CHECK(write_unsynced("unsynced", "x"));
  CHECK(append_line("appended", "x"));
  fs::current_path(before);
  CHECK(*read_file(scratch / "plain") == "x");
  CHECK(*read_file(scratch / "appended") == "x\n");
}

TEST_CASE("what cannot be read or written is named with the system's reason", "[base][files]") {
  const Scratch scratch;
  REQUIRE(write_file(scratch / "file", "x"));
  const std::string at = scratch.path.string();
  CHECK(read_file(scratch / "none").error().message ==
        "cannot read " + at + "/none: No such file or directory");
  CHECK(read_file(scratch / "none").error().code == Exit::io);
  CHECK(read_file(scratch.path).error().message == "cannot read " + at + ": Is a directory");
  CHECK(read_file(scratch / "file/below").error().message ==
        "cannot read " + at + "/file/below: Not a directory");
  CHECK(why(write_file(scratch / "file/below/x", "x")) ==
        "cannot make the directory " + at + "/file/below: '" + at +
            "/file' is a file; move it away, or name another place");
  CHECK(why(write_unsynced(scratch / "file/below/x", "x")) ==
        "cannot write " + at + "/file/below/x: Not a directory");
  CHECK(why(append_line(scratch / "file/below/x", "x")) ==
        "cannot make the directory " + at + "/file/below: '" + at +
            "/file' is a file; move it away, or name another place");
  CHECK(why(append_line(scratch.path, "x")) == "cannot write " + at + ": Is a directory");
  CHECK(why(sync_path(scratch / "none")) == "cannot open " + at + "/none: No such file or directory");
  fs::create_directory(scratch / "taken");
  CHECK(why(write_file(scratch / "taken", "x")) == "cannot write " + at + "/taken: Is a directory");
  CHECK(entries(scratch.path) == 2);
  const auto directory = make_temporary_directory(scratch / "file/below", "x");
  REQUIRE_FALSE(directory);
  CHECK(directory.error().message == "cannot make the directory " + at + "/file/below: '" + at +
                                         "/file' is a file; move it away, or name another place");
  CHECK(why(set_times(scratch / "none", 1)) == "cannot read " + at + "/none: No such file or directory");
}

TEST_CASE("a directory that may be written and not read takes files and gives them away", "[base][files]") {
  const Scratch scratch;
  const fs::path closed = scratch.path / "closed";
  fs::create_directory(closed);
  REQUIRE(::chmod(closed.c_str(), 0333) == 0);
  const pid_t user = ::fork();
  if (user == 0) {  // nothing is closed to root, and another user stands there but could not come there
    if (::chdir(closed.c_str()) != 0) ::_exit(9);
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(9);
    if (::access(".", R_OK) == 0) ::_exit(8);
    if (!sync_path(".")) ::_exit(1);
    if (!write_file("file", "text")) ::_exit(2);
    if (!append_line("lines", "one")) ::_exit(3);
    if (!write_file("below/it/file", "text")) ::_exit(4);
    ::chmod("file", 0);
    ::_exit(sync_path("file") ? 5 : 0);  // of a file it is an error
  }
  int status = -1;
  REQUIRE(::waitpid(user, &status, 0) == user);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  REQUIRE(::chmod(closed.c_str(), 0755) == 0);
  CHECK(read_file(closed / "below/it/file").value() == "text");
}

TEST_CASE("temporary directories are one's own", "[base][files]") {
  const Scratch scratch;
  const auto one = make_temporary_directory(scratch / "deep/er", "prefix"),
             other = make_temporary_directory(scratch / "deep/er", "prefix");
  REQUIRE(one);
  REQUIRE(other);
  CHECK(*one != *other);
  CHECK(one->parent_path().parent_path() == scratch / "deep/er");
  CHECK(one->filename().string().starts_with("prefix."));
  CHECK(mode_of(*one) == 0700);
}

TEST_CASE("removing stops at links, and nothing is no trouble", "[base][files]") {
  const Scratch scratch;
  REQUIRE(write_file(scratch / "kept/file", "x"));
  fs::create_directory(scratch / "gone");
  fs::create_directory_symlink(scratch / "kept", scratch / "gone/link");
  REQUIRE(remove_tree(scratch / "gone"));
  CHECK(fs::exists(scratch / "kept/file"));
  CHECK_FALSE(fs::exists(scratch / "gone"));
  CHECK(remove_tree(scratch / "gone"));
  fs::create_symlink("kept", scratch / "link");
  REQUIRE(remove_tree(scratch / "link"));
  CHECK(fs::exists(scratch / "kept/file"));
}

TEST_CASE("times are set on links and directories themselves", "[base][files]") {
  const Scratch scratch;
  REQUIRE(write_file(scratch / "outside", "x"));
  REQUIRE(write_file(scratch / "in/file", "x"));
  fs::create_symlink("../outside", scratch / "in/link");
  struct stat before{}, info{};
  ::stat((scratch / "outside").c_str(), &before);
  REQUIRE(set_times(scratch / "in", 1'000'000'000));
  for (const char* name : {"in", "in/file", "in/link"}) {
    ::lstat((scratch / name).c_str(), &info);
    CHECK(info.st_mtim.tv_sec == 1'000'000'000);
    CHECK(info.st_mtim.tv_nsec == 0);
  }
  ::stat((scratch / "outside").c_str(), &info);
  CHECK(info.st_mtim.tv_sec == before.st_mtim.tv_sec);
  // The second, whole, is not enough: the nanoseconds count.
  const timespec odd[] = {{1'000'000'000, 5}, {1'000'000'000, 5}};
  ::utimensat(AT_FDCWD, (scratch / "in/file").c_str(), odd, 0);
  REQUIRE(set_times(scratch / "in", 1'000'000'000));
  ::lstat((scratch / "in/file").c_str(), &info);
  CHECK(info.st_mtim.tv_nsec == 0);
}

TEST_CASE("lines keep their ends", "[base][files]") {
  using Lines = std::vector<std::string_view>;
  CHECK(lines_of("").empty());
  CHECK(lines_of("a") == Lines{"a"});
  CHECK(lines_of("a\n") == Lines{"a\n"});
  CHECK(lines_of("\n\nb\r\nc") == Lines{"\n", "\n", "b\r\n", "c"});
}

TEST_CASE("an error says its place as far as it is known", "[base][files]") {
  CHECK(Error{Exit::io, "m"}.text() == "m");
  CHECK(Error{Exit::io, "m", Place{"f"}}.text() == "f: m");
  CHECK(Error{Exit::io, "m", Place{"f", 3}}.text() == "f:3: m");
  CHECK(Error{Exit::io, "m", Place{"f", 3, 4}}.text() == "f:3:4: m");
  CHECK(Error{Exit::io, "m", Place{"f", 0, 4}}.text() == "f: m");
  CHECK(static_cast<int>(Exit::check_failed) == 1);
  CHECK(static_cast<int>(Exit::usage) == 2);
  CHECK(static_cast<int>(Exit::catalog) == 3);
  CHECK(static_cast<int>(Exit::session) == 4);
  CHECK(static_cast<int>(Exit::locked) == 5);
  CHECK(static_cast<int>(Exit::io) == 6);
}

TEST_CASE("each kind of file has its XDG directory", "[base][files]") {
  struct Row {
    const char *variable, *fallback;
    fs::path (*place)();
  };
  const Variable at_home("HOME", "/some/home");
  CHECK(home() == "/some/home");
  for (const Row& row :
       {Row{"XDG_DATA_HOME", ".local/share", data_home}, Row{"XDG_STATE_HOME", ".local/state", state_home},
        Row{"XDG_CACHE_HOME", ".cache", cache_home}}) {
    INFO(row.variable);
    for (const auto& unset : std::vector<std::optional<std::string>>{std::nullopt, "", "relative", "./x"}) {
      const Variable xdg(row.variable, unset);
      CHECK(row.place() == fs::path("/some/home") / row.fallback / "nanobug");
    }
    const Variable xdg(row.variable, "/else where");
    CHECK(row.place() == "/else where/nanobug");
  }
  for (const auto& none : std::vector<std::optional<std::string>>{std::nullopt, ""}) {
    const Variable no_home("HOME", none);
    CHECK(home() == ::getpwuid(::getuid())->pw_dir);
  }
}

TEST_CASE("a word is near at one slip in three letters", "[base][files]") {
  const auto near = [](const std::string& word, const std::vector<std::string>& candidates) {
    return nearest(word, candidates).value_or("-");
  };
  CHECK(near("abc", {"abd"}) == "abd");    // another letter
  CHECK(near("abc", {"ab"}) == "ab");      // one too many
  CHECK(near("abc", {"xabc"}) == "xabc");  // one too few
  CHECK(near("abc", {"acb"}) == "acb");    // two exchanged
  CHECK(near("abc", {"bca"}) == "-");      // two slips of three letters
  CHECK(near("abc", {"add"}) == "-");
  CHECK(near("abcdef", {"abdcfe"}) == "abdcfe");  // two of six
  CHECK(near("abcdef", {"abdcxx"}) == "-");
  CHECK(near("abcdefgh", {"abcxxfgh"}) == "abcxxfgh");
  CHECK(near("abcdefgh", {"abcxxxgh"}) == "-");
  CHECK(near("a", {"b"}) == "b");
  CHECK(near("", {"b"}) == "b");
  CHECK(near("", {"bc"}) == "-");
  CHECK(near("abc", {"abx", "aby"}) == "abx");
  CHECK(near("abcdef", {"abxyef", "abcdex"}) == "abcdex");
  CHECK(near("abc", {"x", "abc"}) == "abc");
  CHECK(near("abc", {}) == "-");
  CHECK(near("ca", {"abc"}) == "-");  // aligned, not moved and then filled
  CHECK(did_you_mean("abc", {"abd"}) == "; did you mean 'abd'?");
  CHECK(did_you_mean("abc", {"xyz"}) == "");
}

TEST_CASE("bytes are two digits each, and back", "[base][files]") {
  CHECK(to_hex(std::string("\x00\x0f\xa9\xff", 4)) == "000fa9ff");
  CHECK(to_hex("") == "");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(from_hex(to_hex(all)) == all);
  for (const char* wrong : {"0", "000", "0g", "g0", "AB", "aB", "0x", " 00"}) CHECK_FALSE(from_hex(wrong));
}

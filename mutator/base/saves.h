// saves: when something below a directory was saved, and what.
//
// The system (Linux's inotify) only says that something stirred; what changed is read from the files: their
// times, sizes and numbers. So no save is lost in a burst of them or in a directory that was made a moment
// before, and an editor's passing files, gone when one looks, are no saves. Where the system has no watch
// left one looks again every second.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace nanobug {

class Saves {
 public:
  // `excluded`: names at the top of `root` that are not looked into. Nor are names that begin with a dot, and
  // what editors leave beside a file: "x~", "#x#". Links are not followed. `beside`: a directory whose own
  // entries stir too, and are no saves. `counts`, where there is one, says which paths below the root do.
  Saves(std::filesystem::path root, std::vector<std::string> excluded, const std::filesystem::path& beside,
        std::function<bool(const std::string& path)> counts = {});
  Saves(const Saves&) = delete;
  ~Saves();

  // Readable when something stirred; -1 where one has to look every second.
  int descriptor() const { return fd_; }

  // Forgets what stirred so far. Then, from the next look on, what stirs is told again.
  void heard();

  // Paths relative to the root, sorted, that were written, made or taken away since the last look (or since
  // it was made).
  std::vector<std::string> look();

 private:
  using Stamp = std::tuple<std::int64_t, std::int64_t, std::uint64_t, std::uint64_t>;  // s, ns, size, number
  std::map<std::string, Stamp> read();
  void add(const std::filesystem::path& directory);

  std::filesystem::path root_;
  std::vector<std::string> excluded_;
  std::function<bool(const std::string&)> counts_;
  int fd_ = -1;
  std::map<std::string, Stamp> files_;
};

}  // namespace nanobug

// A directory of a probe's own.

#pragma once

#include <stdlib.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace probe {

// Made empty, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "probe-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary directory");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

inline void put_content(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

// What `work` complains about, "" if it does not; a complaint is one line.
template <typename Work>
std::string complaint(const Work& work) {
  try {
    work();
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    return what.find('\n') == std::string::npos ? what : "more than one line: " + what;
  }
  return "";
}

// Whether a sentence names this file, and in other words than its name this number: of a line, of a message.
inline bool names_number(std::string sentence, const std::string& path, int64_t number) {
  const size_t at = sentence.find(path);
  if (at == std::string::npos) return false;
  sentence.erase(at, path.size());
  std::string digits;
  for (const char c : sentence + " ") {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (digits == std::to_string(number)) {
      return true;
    } else {
      digits.clear();
    }
  }
  return false;
}

// While it lives, a write beyond the first `bytes` of any file fails as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : on_signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const struct rlimit less = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &less);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, on_signal_);
  }

 private:
  struct rlimit before_ = {};
  void (*on_signal_)(int);
};

}  // namespace probe

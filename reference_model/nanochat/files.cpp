// Files, read whole and written whole. Contracts are in the header.

#include "nanochat/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace nanochat {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const fs::path& path, int error) {
  throw std::runtime_error("cannot " + what + " " + path.string() + ": " + std::strerror(error));
}

// A file being written: closed when done with, and removed unless it was moved to its place.
class PartialFile {
 public:
  explicit PartialFile(const fs::path& target) : target_(target), partial_(target) {
    partial_ += ".partial";
    fd_ = open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0) fail("write", target_, errno);
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile() {
    close(fd_);
    if (!moved_) unlink(partial_.c_str());
  }

  void write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t written = ::write(fd_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write", target_, errno);
      content.remove_prefix(static_cast<size_t>(written));
    }
  }

  // The content has to be on the disk before the name points to it, and the name before anybody is
  // told that all is well: a power cut respects no other order.
  void move_to_target() {
    if (fsync(fd_) != 0) fail("write", target_, errno);
    if (rename(partial_.c_str(), target_.c_str()) != 0) fail("write", target_, errno);
    moved_ = true;
    const int directory = open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;  // not readable: the move itself has succeeded
    fsync(directory);
    close(directory);
  }

 private:
  fs::path target_, partial_;
  int fd_ = -1;
  bool moved_ = false;
};

// Where `path` really leads, through links, with the directories above it made.
fs::path prepare_target(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(fs::absolute(path), error);
  if (error) fail("write", path, error.value());
  const fs::file_status status = fs::status(target, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw std::runtime_error("cannot write " + path + ": it is there and not a file");
  }
  fs::create_directories(target.parent_path(), error);
  if (error) fail("make the directory", target.parent_path(), error.value());
  return target;
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  // Inserting an empty file's buffer counts as a failure of `content`, not of `file`.
  if (!file || (file.peek() != std::ifstream::traits_type::eof() && !(content << file.rdbuf()))) {
    fail("read", path, errno);
  }
  if (file.bad()) fail("read", path, errno);
  return content.str();
}

void write_file(const std::string& path, std::string_view content) {
  PartialFile file(prepare_target(path));
  file.write(content);
  file.move_to_target();
}

void check_writable(const std::string& path) {
  PartialFile file(prepare_target(path));  // and away with it again
}

}  // namespace nanochat

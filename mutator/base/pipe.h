// pipe: two descriptors that belong together, above those that a program gets, whatever nanobug was started
// without. Private to base/.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace nanobug {

// The same file under a higher number, `low` closed; -1 with errno, as open() gives it.
inline int raised(int low) {
  if (low < 0) return -1;
  const int high = ::fcntl(low, F_DUPFD_CLOEXEC, 10), reason = errno;
  ::close(low);
  errno = reason;
  return high;
}

struct Pipe {
  int read = -1, write = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() { close(read), close(write); }

  bool open() {
    int low[2];
    return ::pipe2(low, O_CLOEXEC) == 0 && take(low);
  }
  // Both ways, and messages are kept apart.
  bool open_sockets() {
    int low[2];
    return ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, low) == 0 && take(low);
  }
  void close(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }

 private:
  bool take(const int (&low)[2]) {
    read = raised(low[0]);
    const int reason = errno;
    write = raised(low[1]);
    if (read < 0) errno = reason;
    return read >= 0 && write >= 0;
  }
};

}  // namespace nanobug

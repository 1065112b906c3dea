// pager: see pager.h.
#include "mutator/cli/pager.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "mutator/base/process.h"

namespace nanobug::cli {
namespace {

// "" where there is none.
std::string pager() {
  if (const char* named = std::getenv("PAGER")) return std::string(named) == "cat" ? "" : named;
  return find_program("less") ? "less" : "";
}

bool has_room(const std::string& text) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return true;
  return std::count(text.begin(), text.end(), '\n') < size.ws_row;
}

// What a key or a pager that was left early would end nanobug with, for as long as it lives.
class Ignored {
 public:
  Ignored() {
    for (int i = 0; i < 3; ++i) before_[i] = ::signal(kSignals[i], SIG_IGN);
  }
  ~Ignored() {
    for (int i = 0; i < 3; ++i) ::signal(kSignals[i], before_[i]);
  }
  Ignored(const Ignored&) = delete;
  Ignored& operator=(const Ignored&) = delete;

 private:
  static constexpr int kSignals[] = {SIGINT, SIGQUIT, SIGPIPE};
  sighandler_t before_[3];
};

}  // namespace

bool shown_in_pager(const std::string& text) {
  if (!::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO) || has_room(text) || pager().empty()) return false;
  std::fflush(nullptr);
  ::setenv("LESS", "FRX", /*overwrite=*/0);  // as git does: colours, and the text stays when it is left
  FILE* const screen = ::popen(pager().c_str(), "we");
  if (!screen) return false;
  const Ignored ignored;  // the pager, begun before this, has them as ever
  std::fputs(text.c_str(), screen);
  ::pclose(screen);
  return true;
}

}  // namespace nanobug::cli

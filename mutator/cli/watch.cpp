// watch: the loop of a learner at work. What is saved is built, and the first error or the run's curve is
// shown; at a terminal a key checks, hints or runs again. Each of these is the verb itself, in a process of
// its own: what ends it, a save or a crash, ends nothing else, and while nothing is at work nothing is held.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <deque>
#include <functional>
#include <set>
#include <thread>

#include "mutator/base/paths.h"
#include "mutator/base/saves.h"
#include "mutator/base/source_kind.h"
#include "mutator/base/terminal.h"
#include "mutator/cli/at_work.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kQuiet{120};      // after the last that stirred: an editor writes several times
constexpr milliseconds kLongest{1000};   // but no longer than this after the first
constexpr milliseconds kAgain{500};      // to where another nanobug may be done
constexpr milliseconds kPatience{5000};  // with a process that was asked to end
constexpr int kRowsBeside = 6;           // of a terminal: what stands around a curve
constexpr int kMostRows = 18;            // of a curve

enum class Work { run, check, hint };

struct Options {
  bool plain = false, once = false;
  bool quiet = false;  // as it was asked for; what a plain watch has at work is quiet in any case
  std::string run;
};

// A verb at work in a process of its own, with this terminal but without its keys. A run that finds another
// nanobug at work says nothing: its exit code does.
class Job {
 public:
  Job(const Context& c, const Signals& signals, Work work, const RunOptions& options) : work_(work) {
    std::fflush(nullptr);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) be(c, signals, work, options, parent);
  }
  Job(const Job&) = delete;
  ~Job() { end(); }

  Work work() const { return work_; }
  bool began() const { return pid_ > 0; }

  // Its status as waitpid tells it, once it has ended.
  std::optional<int> ended() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = 0;
    return status;
  }

  // With all that it has started.
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::kill(pid_, SIGCONT);
    for (const auto last = Clock::now() + kPatience; Clock::now() < last;) {
      if (ended()) return;
      std::this_thread::sleep_for(milliseconds(5));
    }
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
  }

 private:
  // Nothing is thrown past here, into a loop that is the parent's.
  [[noreturn]] static void be(const Context& c, const Signals& signals, Work work, const RunOptions& options,
                              pid_t parent) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    signals.let_through();
    if (::getppid() != parent) std::_Exit(0);
    if (const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC); nothing >= 0)
      ::dup2(nothing, STDIN_FILENO);
    Exit code = Exit::ok;
    {
      Context own;
      own.ui = c.ui;
      own.catalog_option = c.catalog_option;
      const Result<Exit> answer = work == Work::run     ? run_session(own, options)
                                  : work == Work::check ? check(own, false)
                                                        : hint(own, 0);
      own.ui.clear_progress();
      code = answer ? *answer : answer.error().code;
      if (!answer && !(work == Work::run && code == Exit::locked)) own.ui.complain(answer.error());
    }
    std::exit(static_cast<int>(code));
  }

  pid_t pid_ = 0;
  Work work_;
};

// "nanochat/gpt.cpp, nanochat/gpt.h and 3 more"
std::string named(const std::vector<std::string>& paths) {
  constexpr size_t kNamed = 3;
  std::string text;
  for (size_t i = 0; i < std::min(paths.size(), kNamed); ++i) text += (i > 0 ? ", " : "") + paths[i];
  if (paths.size() > kNamed) text += fmt::format(" and {} more", paths.size() - kNamed);
  return text;
}

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return !term || !*term || std::string(term) == "dumb";
}

// A file of the tree as the session began, or one that a compiler or CMake would read. What programs leave
// beside these is none: a run that writes a file must not bring about the next run.
std::function<bool(const std::string&)> sources_of(const vault::Tree& tree) {
  std::set<std::string> known;
  for (const auto& [path, file] : tree) known.insert(path);
  return [known = std::move(known)](const std::string& path) {
    const fs::path file(path);
    return known.contains(path) || is_compiled(file) || is_header(file) || file.extension() == ".cmake" ||
           file.filename() == "CMakeLists.txt";
  };
}

class Watcher {
 public:
  Watcher(Context& c, Options options, const session::Session& session, std::vector<std::string> not_sources,
          std::function<bool(const std::string&)> is_source, std::optional<Keys> keys)
      : c_(c),
        options_(std::move(options)),
        session_(session),
        signals_({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGWINCH, SIGTSTP}),
        keys_(std::move(keys)),
        saves_(session.directory, std::move(not_sources), Context::places().state, std::move(is_source)) {
    if (saves_.descriptor() < 0)
      c_.ui.say("The system has no watch left (inotify); the files are looked at every second instead.");
  }

  Result<Exit> loop() {
    tell("watching " + tidy(session_.directory) + (keys_ ? "" : "; Ctrl-C ends it"));
    want(Work::run);
    while (!over_) {
      begin_next();
      wait();
      if (look_at_ && Clock::now() >= *look_at_) NANOBUG_TRY(look());
    }
    clear_prompt();
    job_.reset();
    return Exit::ok;
  }

 private:
  // ---- words

  // What happened: a line.
  void tell(const std::string& what) {
    clear_prompt();
    if (options_.quiet) return;
    if (c_.ui.json)
      std::fputs((what + '\n').c_str(), stderr);
    else
      c_.ui.data(keys_ ? c_.ui.strong(time_of_day() + ' ' + what) : what);
  }

  bool has_hints() const { return !session_.no_hints || session_.solved || session_.revealed; }

  void prompt() {
    if (!keys_ || job_) return;
    clear_prompt();
    const bool wide = c_.ui.width() >= 48;
    const std::string gap = wide ? "   " : " ";
    std::string line = wide ? "c check" : "c";
    if (has_hints()) line += gap + (wide ? "h hint" : "h");
    line += gap + (wide ? "r run" : "r") + gap + (wide ? "q quit" : "q") + gap + (wide ? "? keys" : "?");
    std::fputs((line + (is_dumb() ? "\n" : "")).c_str(), stdout);
    std::fflush(stdout);
    prompted_ = !is_dumb();
  }

  void clear_prompt() {
    if (!std::exchange(prompted_, false)) return;
    std::fputs("\r\033[K", stdout);
    std::fflush(stdout);
  }

  void tell_keys() {
    clear_prompt();
    c_.ui.data(std::string("c  check: is it right now?\n") + (has_hints() ? "h  the next hint\n" : "") +
               "r  build and run again\n"
               "q  quit; the session goes on\n"
               "A save builds and runs by itself.");
    prompt();
  }

  // ---- work

  void want(Work work) {
    if (std::find(wanted_.begin(), wanted_.end(), work) == wanted_.end()) wanted_.push_back(work);
  }

  RunOptions run_options() const {
    using Telling = RunOptions::Telling;
    winsize size{};
    const int rows = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
    return {.name = options_.run,
            .telling = keys_ ? Telling::small : Telling::line,
            .rows = std::clamp(rows - kRowsBeside, 8, kMostRows)};
  }

  void begin_next() {
    if (job_ || wanted_.empty() || Clock::now() < not_before_) return;
    const Work work = wanted_.front();
    wanted_.pop_front();
    clear_prompt();
    if (!keys_ && work == Work::run && !waits_) tell("building");
    job_.emplace(c_, signals_, work, run_options());
    if (job_->began()) return;
    job_.reset();
    c_.ui.complain({Exit::io, "no process can be started now; save again, or type r"});
    prompt();
  }

  void has_ended(int status) {
    const Work work = job_->work();
    job_.reset();
    if (keys_) keys_->take_again();  // whatever ran may have changed it
    if (WIFSIGNALED(status)) {
      const char* name = ::sigabbrev_np(WTERMSIG(status));
      tell(fmt::format("that was ended by SIG{}; save, or type r, to run again", name ? name : "?"));
    }
    const bool was_locked = WIFEXITED(status) && WEXITSTATUS(status) == static_cast<int>(Exit::locked);
    if (work == Work::run && was_locked) {
      if (!std::exchange(waits_, true)) tell("another nanobug is at work; waiting for it");
      want(Work::run);
      not_before_ = Clock::now() + kAgain;
    } else {
      waits_ = false;
    }
    look_at_ = Clock::now();  // it may have solved the session, or found it gone
    prompt_at_look_ = true;
  }

  // ---- what comes from outside

  // Sleeps until something comes, and takes it.
  void wait() {
    std::array<pollfd, 3> polled = {{{signals_.descriptor(), POLLIN, 0},
                                     {saves_.descriptor(), POLLIN, 0},
                                     {keys_ ? STDIN_FILENO : -1, POLLIN, 0}}};
    ::poll(polled.data(), polled.size(), milliseconds_to_next());
    while (const auto signal = signals_.read()) take(*signal);
    if (job_)
      if (const auto status = job_->ended()) has_ended(*status);
    if (polled[1].revents != 0) {
      saves_.heard();
      const auto now = Clock::now();
      if (!look_at_) stirred_ = now;
      look_at_ = std::min(now + kQuiet, stirred_ + kLongest);
    }
    if (saves_.descriptor() < 0 && !look_at_) look_at_ = Clock::now() + milliseconds(1000);
    if (polled[2].revents != 0) take_keys((polled[2].revents & (POLLHUP | POLLERR)) != 0);
  }

  int milliseconds_to_next() const {
    auto next = Clock::time_point::max();
    if (look_at_) next = *look_at_;
    if (!job_ && !wanted_.empty()) next = std::min(next, not_before_);
    if (next == Clock::time_point::max()) return saves_.descriptor() < 0 ? 0 : -1;
    return static_cast<int>(
        std::clamp<std::int64_t>(std::chrono::ceil<milliseconds>(next - Clock::now()).count(), 0, 60'000));
  }

  void take(int signal) {
    if (signal == SIGCHLD) return;  // asked of the job itself
    if (signal == SIGWINCH) return prompt();
    clear_prompt();
    if (signal == SIGTSTP) {
      if (keys_) keys_->give_back();
      ::raise(SIGSTOP);
      if (keys_) keys_->take_again();
      return prompt();
    }
    job_.reset();
    if (keys_) keys_->give_back();
    die_of(signal);
  }

  void take_keys(bool gone) {
    const Keys::Typed typed = keys_->read();
    over_ = over_ || typed.ended || (gone && typed.keys.empty());
    for (const char key : typed.keys) switch (key) {
        case 'c':
          want(Work::check);
          break;
        case 'h':
          if (has_hints())
            want(Work::hint);
          else
            tell("this session was begun with --no-hints"), prompt();
          break;
        case 'r':
          want(Work::run);
          break;
        case '?':
          tell_keys();
          break;
        case 'q':
        case '\004':
          over_ = true;
          break;
        default:
          break;
      }
  }

  // Is the session still there, and what was saved?
  Status look() {
    look_at_.reset();
    const auto open = session::Desk::peek(Context::places());
    NANOBUG_TRY(open);
    if (!*open || (*open)->name != session_.name || (*open)->started != session_.started) {
      job_.reset();
      tell("session " + session_.name + " has ended");
      over_ = true;
      return {};
    }
    session_ = **open;
    if (const Status there = c_.checkout_is_there(session_); !there) {
      clear_prompt();
      job_.reset();
      return there;
    }
    if (const std::vector<std::string> saved = saves_.look(); !saved.empty()) {
      if (job_ && job_->work() == Work::run) {
        job_->end();
        job_.reset();
        c_.ui.clear_progress();
        if (keys_) keys_->take_again();
      }
      tell("saved " + named(saved));
      want(Work::run);
      not_before_ = {};
    } else if (std::exchange(prompt_at_look_, false) && wanted_.empty()) {
      prompt();
    }
    return {};
  }

  Context& c_;
  Options options_;
  session::Session session_;
  Signals signals_;
  std::optional<Keys> keys_;  // nothing: a plain line an event
  Saves saves_;
  std::optional<Job> job_;
  std::deque<Work> wanted_;
  Clock::time_point not_before_{};              // of what is wanted
  std::optional<Clock::time_point> look_at_{};  // when what stirs has come to rest
  Clock::time_point stirred_{};                 // the first of it
  bool prompt_at_look_ = false, prompted_ = false;
  bool waits_ = false;  // for another nanobug, which was said
  bool over_ = false;
};

Result<Exit> watch(Context& c, Options options) {
  const auto session = c.open_session();
  NANOBUG_TRY(session);
  NANOBUG_TRY(c.checkout_is_there(*session));
  const auto catalog = c.catalog_of(*session);
  NANOBUG_TRY(catalog);
  const bool plain =
      options.plain || c.ui.no_input || c.ui.json || !::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO);
  if (const std::string lost = shell_elsewhere(session->directory); !lost.empty()) c.ui.say(lost);
  options.quiet = c.ui.quiet;
  c.ui.quiet = c.ui.quiet || plain;
  if (options.once)
    return run_session(c, {.name = options.run,
                           .telling = plain ? RunOptions::Telling::line : RunOptions::Telling::small,
                           .rows = kMostRows});
  const auto tree = Context::from_vault(session->mutated);
  NANOBUG_TRY(tree);
  std::optional<Keys> keys;
  if (!plain) {
    auto opened = Keys::open();
    NANOBUG_TRY(opened);
    keys.emplace(std::move(*opened));
  }
  return Watcher(c, std::move(options), *session, (*catalog)->tree.not_sources(), sources_of(*tree),
                 std::move(keys))
      .loop();
}

}  // namespace

void add_watch(Verbs& verbs) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = verbs.add(
      verbs.app, "watch", "Build and run at each save: the first error, or the curve; keys check and hint");
  verb->add_option("--run", options->run,
                   "Another of the catalog's runs (default: the one of the session's bug)")
      ->type_name("NAME");
  verb->add_flag("--plain", options->plain,
                 "A line an event and no keys; so it is too where stdin or stdout is no terminal");
  verb->add_flag("--once", options->once, "Build and run once; the exit code is that of 'nanobug run'");
  verbs.on(verb, [options, &c = verbs.context] { return watch(c, *options); });
}

}  // namespace nanobug::cli

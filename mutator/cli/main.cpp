// nanobug: practise the debugging of language-model code. Words and exit codes are here; the work is in the
// rooms.
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/base/process.h"
#include "mutator/base/temporary.h"
#include "mutator/cli/begin.h"
#include "mutator/cli/production.h"
#include "mutator/cli/review.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/usage.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

std::string in_a_review(const session::Session& s, std::int64_t now) {
  return fmt::format("{} of {} into {}: {}\n{}", coach::clock(coach::learner_seconds(s, now)),
                     coach::count(s.minutes, "minute"), s.name, coach::state_of(s, now),
                     s.solved || s.revealed ? "  nanobug status   the lines again\n"
                                              "  nanobug debrief  the questions, and your score\n"
                                              "  nanobug stop     ends it"
                                            : what_next_in_a_review(s, /*again=*/true));
}

// Bare `nanobug`: where you are and what to type next, in a few lines.
Result<Exit> where_you_are(Context& context) {
  const auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  if (!*open) {
    context.ui.data(
        "No session is open.\n"
        "  nanobug start         a tree with a silent bug in it, and a clock\n"
        "  nanobug tutorial      a small one to begin with, step by step\n"
        "  nanobug next          what to practise now; 'nanobug list' shows all there is\n"
        "  nanobug --help        every verb");
    return Exit::ok;
  }
  const session::Session& s = **open;
  const std::int64_t now = std::time(nullptr);
  if (s.review) {
    context.ui.data(in_a_review(s, now));
    return Exit::ok;
  }
  if (!s.has_checkout()) {
    context.ui.data(fmt::format("{} of {} into {}, in production: {}\n{}",
                                coach::clock(coach::learner_seconds(s, now)),
                                coach::count(s.minutes, "minute"), s.name, coach::state_of(s, now),
                                what_next_in_production(s, /*again=*/true)));
    return Exit::ok;
  }
  if (const std::string lost = shell_elsewhere(s.directory); !lost.empty()) context.ui.say(lost);
  const auto catalog = context.catalog_of(s);
  const bool runs = !catalog || !(*catalog)->tree.runs.empty();
  context.ui.data(fmt::format(
      "{} of {} into {}: {}\n"
      "  cd {}\n"
      "{}",
      coach::clock(coach::learner_seconds(s, now)), coach::count(s.minutes, "minute"), s.name,
      coach::state_of(s, now), tidy(s.directory),
      s.solved || s.revealed
          ? std::string(runs ? "  nanobug run      a run of your tree, beside the clean tree's\n" : "") +
                "  nanobug debrief  the questions, and your score\n"
                "  nanobug stop     ends it; your work is kept"
          : what_next_in_a_hunt(s, runs, coach::may_be_decoy(s))));
  return Exit::ok;
}

// What a killed nanobug left in the usual places; a cache has a level for its kinds and one for their keys.
void sweep() {
  if (const auto temporaries = directory_for_temporaries()) sweep_temporary_directories(*temporaries);
  sweep_temporary_directories(cache_home(), 2);
}

int main(int argc, char** argv) {
  // What is freed is used again: a page that is asked for anew costs more than most commands do with it.
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
  end_children_when_interrupted();
  sweep();
  Context context;
  CLI::App app("Practise the debugging of language-model code: a clean tree gets a silent bug, you find it.",
               "nanobug");
  app.set_help_flag("-h,--help", "Print this and exit");
  app.set_version_flag("--version", NANOBUG_VERSION, "Print the version and exit");
  word_the_help(app);
  app.add_flag("--json", context.ui.json, "Print data as JSON");
  app.add_flag("-q,--quiet", context.ui.quiet, "Say nothing but data and errors");
  app.add_flag("--no-input", context.ui.no_input,
               "Ask nothing: what is missing is an error, 'rule try' reads a script");
  app.add_option("--catalog", context.catalog_option, "A catalog file (default: the project's catalog.yaml)")
      ->type_name("FILE");
  app.require_subcommand(0, 1);
  app.footer(
      "Exit codes: 0 ok, 1 the answer is no, 2 usage, 3 catalog, 4 session, 5 another nanobug is at work, 6 "
      "disk or programs, 130 interrupted.");

  Verbs verbs(app, context);
  for (auto add :
       {add_start,      add_tutorial, add_status,    add_run,    add_watch,    add_ask,   add_open,
        add_hypothesis, add_note,     add_locate,    add_answer, add_hint,     add_check, add_reveal,
        add_debrief,    add_reset,    add_stop,      add_list,   add_progress, add_next,  add_plan,
        add_explain,    add_pack,     add_patch,     add_rule,   add_certify,  add_judge, add_export,
        add_cache,      add_doctor,   add_completion})
    add(verbs);
  check_values(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    context.ui.data(app.help());
    return 0;
  } catch (const CLI::Success& done) {  // --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    context.ui.complain({Exit::usage, explain(app, error, argc, argv)});
    return static_cast<int>(Exit::usage);
  }
  if (app.get_subcommands().empty())
    verbs.on(nullptr, [&] { return context.ui.json ? status(context) : where_you_are(context); });
  return static_cast<int>(verbs.outcome);
}

}  // namespace

CLI::App* Verbs::add(CLI::App& parent, const std::string& name, const std::string& what) {
  CLI::App* verb = parent.add_subcommand(name, what);
  verb->fallthrough();
  verb->group("Verbs");
  return verb;
}

void Verbs::on(CLI::App* verb, Verb run) {
  const auto body = [this, run = std::move(run)] {
    const Result<Exit> answer = run();
    context.ui.clear_progress();
    if (answer)
      outcome = *answer;
    else
      context.ui.complain(answer.error()), outcome = answer.error().code;
  };
  if (verb)
    verb->callback(body);
  else
    body();
}

}  // namespace nanobug::cli

namespace {

// The one boundary: errors are values everywhere, so whatever is thrown up to here was not foreseen, or
// memory is short. What is on the disk is in order all the same (session.h).
int one_sentence() {
  if (std::error_code error; (std::filesystem::current_path(error), error)) {
    std::fprintf(stderr, "nanobug: this shell stands in a directory that is gone; cd to one that is there\n");
    return static_cast<int>(nanobug::Exit::io);
  }
  const char* what = "this was not foreseen and is a fault of nanobug's";
  std::string detail;
  try {
    if (std::current_exception()) throw;
  } catch (const std::bad_alloc&) {
    what = "memory ran out";
  } catch (const std::exception& error) {
    detail = std::string(": ") + error.what();
  } catch (...) {
  }
  std::fprintf(stderr, "nanobug: %s%s; nothing of yours is lost\n", what, detail.c_str());
  return static_cast<int>(nanobug::Exit::io);
}

// A file that is opened must not become standard output. /dev/full says of what is written there that it
// cannot be.
void open_what_is_closed() {
  for (const auto [descriptor, device, flags] :
       {std::tuple(STDIN_FILENO, "/dev/null", O_RDONLY), std::tuple(STDOUT_FILENO, "/dev/full", O_WRONLY),
        std::tuple(STDERR_FILENO, "/dev/null", O_WRONLY)})
    if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) (void)!::open(device, flags);
}

// A verdict that nobody gets is none.
int with_output_written(int outcome) {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  if (flushed && std::ferror(stdout) == 0) return outcome;
  const std::string why = errno == 0 ? "" : ": " + nanobug::system_reason(errno);
  std::fprintf(stderr, "nanobug: the output could not be written%s\n", why.c_str());
  return static_cast<int>(nanobug::Exit::io);
}

}  // namespace

int main(int argc, char** argv) {
  open_what_is_closed();
  // Libraries end the program where their own destructors run out of memory.
  std::set_terminate([] { std::_Exit(one_sentence()); });
  try {
    return with_output_written(nanobug::cli::main(argc, argv));
  } catch (...) {
    return one_sentence();
  }
}

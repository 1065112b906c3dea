// desk: the public face of the room (session.h): takes the lock, recovers, and passes on to start.cpp and
// stop.cpp.
#include <sys/stat.h>

#include <ctime>

#include "mutator/base/directories.h"
#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/session/checkout.h"
#include "mutator/session/ledger.h"
#include "mutator/session/papers.h"
#include "mutator/session/session.h"

namespace nanobug::session {
namespace {

constexpr char kInUse[] = "in-use";  // locked by who works in the checkout, and by who would move it

// write_file's temporary files, when its process was killed inside it: ".journal.XXXXXX". We hold the lock,
// so they are nobody's.
void sweep(const fs::path& state) {
  std::error_code error;
  for (fs::directory_iterator it(state, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    for (const std::string& ours : {std::string(".journal."), std::string(".session.json.")})
      if (name.starts_with(ours) && name.size() == ours.size() + 6) {
        std::error_code ignored;
        fs::remove(it->path(), ignored);
      }
  }
}

fs::path absolute_path(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::absolute(path, error);
  return error ? path : result.lexically_normal();
}

}  // namespace

std::int64_t now() {
  return std::time(nullptr);
}

Result<vault::Vault*> Papers::vault() {
  if (!opened) {
    auto vault = vault::Vault::open(places.vault);
    NANOBUG_TRY(vault);
    opened = std::move(*vault);
  }
  return opened.get();
}

struct Desk::State {
  Papers papers;
};

struct Desk::InUse::Held {
  Lock lock;
};

Desk::InUse::InUse(std::unique_ptr<Held> held) : held_(std::move(held)) {}
Desk::InUse::InUse(InUse&&) noexcept = default;
Desk::InUse::~InUse() = default;

Result<Desk::InUse> Desk::use_checkout(const Places& given) {
  const fs::path state = absolute_path(given.state);
  NANOBUG_TRY(make_directories(state));
  auto lock = Lock::share(state / kInUse);
  NANOBUG_TRY(lock);
  return InUse(std::make_unique<InUse::Held>(InUse::Held{std::move(*lock)}));
}

Desk::Desk(std::unique_ptr<State> state) : state_(std::move(state)) {}
Desk::Desk(Desk&&) noexcept = default;
Desk::~Desk() = default;

Desk::Places Desk::default_places() {
  return {data_home() / "vault.git", state_home(), data_home() / "attempts"};
}

Result<Desk> Desk::open(const Places& given, std::string* recovered) {
  const Places places{absolute_path(given.vault), absolute_path(given.state), absolute_path(given.attempts)};
  NANOBUG_TRY(make_directories(places.state));
  auto lock = Lock::take(places.state / "lock");
  NANOBUG_TRY(lock);
  sweep(places.state);
  auto state = std::make_unique<State>(State{Papers{places, std::move(*lock)}});
  auto told = recover(state->papers);
  NANOBUG_TRY(told);
  if (recovered) *recovered = *told;
  auto saved = load(state->papers.session());
  NANOBUG_TRY(saved);
  state->papers.saved = std::move(*saved);
  return Desk(std::move(state));
}

Result<std::optional<Session>> Desk::peek(const Places& places) {
  auto saved = load(absolute_path(places.state) / "session.json");
  NANOBUG_TRY(saved);
  if (!*saved) return std::optional<Session>();
  return std::optional((*saved)->session);
}

Result<std::vector<Record>> Desk::ledger(const Places& places, std::vector<std::string>* warnings) {
  return read_ledger(absolute_path(places.state) / "ledger.jsonl", warnings);
}

std::optional<Session> Desk::current() const {
  if (!state_->papers.saved) return std::nullopt;
  return state_->papers.saved->session;
}

Result<Session> Desk::start(const StartRequest& request) {
  const auto alone = Lock::take(state_->papers.places.state / kInUse);
  NANOBUG_TRY(alone);
  return session::start(state_->papers, request);
}

Result<Session> Desk::open_checkout(const StartRequest& request) {
  const auto alone = Lock::take(state_->papers.places.state / kInUse);
  NANOBUG_TRY(alone);
  return session::open_checkout(state_->papers, request);
}

Status Desk::update(const std::function<void(Session&)>& change) {
  Papers& papers = state_->papers;
  if (!papers.saved) return fail(Exit::session, "no session is open; nanobug start begins one");
  Saved changed = *papers.saved;
  change(changed.session);
  NANOBUG_TRY(save(papers.session(), changed));
  papers.saved = std::move(changed);
  return {};
}

Result<Stopped> Desk::stop(const std::string& outcome, const Furnish& furnish, std::int64_t time) {
  const auto alone = Lock::take(state_->papers.places.state / kInUse);
  NANOBUG_TRY(alone);
  return session::stop(state_->papers, outcome, furnish, time);
}

Result<Reset> Desk::reset(const std::vector<std::string>& only) {
  const auto alone = Lock::take(state_->papers.places.state / kInUse);
  NANOBUG_TRY(alone);
  return session::reset(state_->papers, only);
}

Result<std::string> Desk::snapshot(const std::string& message) {
  return take_snapshot(state_->papers, message, false);
}

}  // namespace nanobug::session

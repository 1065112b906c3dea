// session: one practice session from start to stop, so that a kill at any point loses nothing of the
// learner's.
//
// Every change of the disk is announced in the journal, made beside its place, and renamed into it; the next
// command finishes or undoes what a killed one left (recover, called by open()). All state is guarded by one
// flock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/vault/tree.h"
#include "mutator/vault/vault.h"

namespace nanobug::session {

// The modification time of every file in a checkout at its start unless the request has another, and the time
// of its root commit: a constant, so that nothing stands out.
inline constexpr std::int64_t kCheckoutTime = 1735689600;  // 2025-01-01T00:00:00Z

// Lines [first, last] of a file, counted from 1; with last == first - 1 the gap above `first`.
struct Lines {
  int first = 0, last = 0;

  bool operator==(const Lines&) const = default;
};

struct Injected {  // sealed on disk
  std::string rule;
  int site = 0;
  std::string file;
  std::string function;
  std::vector<Lines> changed;  // in the mutated file; a gap is where lines were taken out

  bool operator==(const Injected&) const = default;
};

// One of several bugs of a session, and what has become of it.
struct Bug {
  std::string rule;
  std::vector<std::string> own;  // observers that it alone makes fail
  int hints = 0;                 // of it that were shown
  bool fixed = false;            // by the last check
  bool earned = false;           // and by one before the answer was seen
  bool located = false;

  bool operator==(const Bug&) const = default;
};

// Something that the learner did, in the order of time.
struct Event {
  std::int64_t at = 0;  // seconds since the epoch
  std::string kind;     // coach/tally.h says which there are
  std::string about;    // a class, a place, a run; what came of it
  std::string words;    // the learner's own

  bool operator==(const Event&) const = default;
};

// What a session of the review mode shows instead of a checkout, and what was answered.
struct Review {
  std::string file;                // the one that is shown
  Lines shown;                     // these lines of it, as it is in the mutated tree
  std::string why;                 // the reason that came with the right answer
  std::vector<std::string> terms;  // which of the rule's it names

  bool operator==(const Review&) const = default;
};

// Something that was asked for and shown, at a price.
struct Asked {
  std::int64_t at = 0;
  std::string evidence;  // the head's id
  int minutes = 0;
  bool tells = false;  // it parts from the clean tree's

  bool operator==(const Asked&) const = default;
};

// A session of the production mode: a symptom and a log; what more there is must be asked for, the checkout
// too.
struct Production {
  std::vector<std::string> cheapest;  // evidence that tells and costs least, all of that price
  int cheapest_minutes = 0;
  std::string checkout;    // the evidence that the checkout is, which shows nothing by itself; may be empty
  int open_minutes = 0;    // what it costs
  std::string clean = {};  // the evidence that a right run is, for comparison; may be empty
  std::vector<std::string> free = {};    // what comes with this bug's log, whatever else it costs
  std::vector<std::string> told = {};    // of that, what tells
  std::vector<std::string> beside = {};  // what tells only beside a right run

  bool operator==(const Production&) const = default;
};

// What is known of a session. On disk the injected rules are sealed: no file in clear names them.
struct Session {
  std::string name;                 // neutral, for example 2026-11-21-quiet-heron
  std::filesystem::path directory;  // the checkout, absolute; empty where there is none (yet)
  std::string pristine, mutated;    // tree ids in the vault
  std::vector<Injected> injected;
  std::int64_t started = 0;  // seconds since the epoch
  int minutes = 20;
  std::uint64_t seed = 0;
  bool strict = false;
  bool named = false;     // the learner asked for this rule by name
  bool decoy = false;     // nothing is wrong, and the right answer says so
  bool no_hints = false;  // none is to be had
  int hints = 0;          // how many were shown before it was solved
  int late_hints = 0;     // and after
  int wrong_claims = 0;
  bool located = false;
  int checks = 0;
  bool solved = false;    // a check was: the first one that was fixes time, hints and claims
  bool revealed = false;  // before it was solved
  // What the session began with, so that what changes in the project meanwhile changes nothing in it. Empty
  // in a session that an older nanobug began.
  std::string project;               // tree id in the vault: catalog.yaml and all that it names
  std::string toolchain;             // the key of what builds
  std::string options;               // of the draw, so that --seed draws the same again
  std::int64_t solved_at = 0;        // of the first solved check; 0: none yet
  std::int64_t machine_seconds = 0;  // nanobug's own, before it was solved: not on the learner's clock
  int probes_agree_last = 0, probes_total_last = 0;  // of the last check
  std::vector<Bug> bugs;      // where there are several at once, in the order of the draw; else empty
  std::vector<Event> events;  // oldest first
  std::vector<int> grades;    // of each follow-up question, 0 to 3 as the learner graded it; -1: not graded
  std::vector<Asked> asked;   // in the order of time, each evidence once
  std::vector<std::string> recorded;     // what the recorded run of each bug shows, as `start` tells it
  std::optional<Review> review;          // in a review
  std::optional<Production> production;  // in the production mode; with neither it is a hunt

  bool has_checkout() const { return !directory.empty(); }
  std::string branch() const { return "session/" + name; }
};

// One line of the ledger: a session that has ended.
struct Record {
  Session session;
  std::int64_t ended = 0;
  std::string outcome;            // solved, revealed, stopped
  std::filesystem::path attempt;  // where the learner's directory was put; empty when it was gone
  bool gone = false;              // at the end there was no checkout, or something else in its place
};

struct StartRequest {
  // Must not exist, be empty, or hold the clean tree and nothing else. Of no account in a review, which has
  // no checkout, and whose trees hold no more than the files that the bug changes.
  std::filesystem::path directory;
  vault::Tree pristine, mutated;
  std::vector<Injected> injected;
  std::vector<Bug> bugs;                 // see Session
  std::optional<Review> review;          // see Session
  std::optional<Production> production;  // see Session; the checkout comes with open_checkout()
  std::vector<std::string> recorded;     // see Session
  vault::Tree project;                   // what the session is judged by, kept in the vault too
  int minutes = 20;
  std::uint64_t seed = 0;
  bool strict = false;
  bool named = false, decoy = false, no_hints = false;  // see Session
  std::string toolchain, options;                       // see Session
  // Top-level names that are no sources: first the build directory, then what programs write into.
  std::vector<std::string> exclude;
  // The modification time that every file and directory of the checkout gets. A build directory's logs must
  // not be older than its sources and its headers not newer, so the workshop says which.
  std::int64_t time = kCheckoutTime;
  // Puts the built build directory into the staging directory, before the times are made equal; `place` is
  // where the checkout will stand.
  std::function<Status(const std::filesystem::path& staging, const std::filesystem::path& place)> furnish =
      {};
};

struct Stopped {
  Session session;
  std::filesystem::path attempt;  // where the learner's directory was put, whole
  std::string snapshot;           // commit id on the session's branch in the vault
  std::string note;               // one sentence on what was out of the ordinary, or ""
};

struct Reset {
  std::string snapshot;            // commit id on the session's branch in the vault
  std::vector<std::string> files;  // that were put back or taken away
};

// Holds the lock while it lives.
class Desk {
 public:
  struct Places {
    std::filesystem::path vault, state, attempts;
  };
  static Places default_places();

  // Takes the lock (Exit::locked at once when another process holds it) and recovers what a killed command
  // left; `recovered` then says so in a sentence.
  static Result<Desk> open(const Places& places, std::string* recovered = nullptr);

  // For who runs programs in the checkout without holding the desk: until it is let go of, start and stop
  // refuse with Exit::locked. Taken together by any number of processes.
  class InUse {
   public:
    InUse(InUse&&) noexcept;
    ~InUse();

   private:
    friend class Desk;
    struct Held;
    explicit InUse(std::unique_ptr<Held> held);
    std::unique_ptr<Held> held_;
  };
  static Result<InUse> use_checkout(const Places& places);

  // The state without the lock, for verbs that only read (status, list, progress).
  static Result<std::optional<Session>> peek(const Places& places);
  // A line that cannot be read is passed over and named in `warnings`.
  static Result<std::vector<Record>> ledger(const Places& places,
                                            std::vector<std::string>* warnings = nullptr);

  Desk(Desk&&) noexcept;
  ~Desk();

  std::optional<Session> current() const;

  // Errors: Exit::session when a session is open or the directory is taken; what was begun is undone.
  Result<Session> start(const StartRequest& request);

  // Lays out the checkout of a session that was begun without one: of the request count the directory, the
  // trees, `strict`, `exclude`, `time` and `furnish`. Killed half-way, it is finished or undone by the next
  // command, and the session goes on. Errors: as start's; Exit::session where there is one already.
  Result<Session> open_checkout(const StartRequest& request);

  // Changes what is remembered of the open session (hints, claims, checks, …).
  Status update(const std::function<void(Session&)>& change);

  // Ends it: snapshots the learner's tree into the vault, fetches their commits, renames the directory aside
  // whole, puts the clean tree in its place, verifies every byte, writes the ledger. A directory that is gone
  // ends the session too (the record says so); one that was replaced by something else is left alone. A
  // review has none, and ends without a word about it. `furnish` may put a build directory beside the clean
  // tree, which then gets the modification time `time`.
  Result<Stopped> stop(const std::string& outcome,
                       const std::function<Status(const std::filesystem::path& staging)>& furnish = {},
                       std::int64_t time = kCheckoutTime);

  // Puts the checkout's sources back to what the session began with; the session goes on. A snapshot of what
  // was there is taken first, commits and what is excluded stay, and so does what was too large for the
  // snapshot. Killed half-way, it is finished by doing it again. `only`: these files, relative to the
  // checkout, and what lies in these directories; all where it is empty. Errors: Exit::usage for one that is
  // not there now and was not at the start.
  Result<Reset> reset(const std::vector<std::string>& only = {});

  // Snapshots the learner's tree onto the session's branch without ending it (check does, before it builds).
  // A tree that is the same as the last snapshot's is not recorded again.
  Result<std::string> snapshot(const std::string& message);

 private:
  struct State;
  explicit Desk(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nanobug::session

// tally: what counts in a session.
//
// A session has one outcome. The first check that finds the tree right, or a review's first right answer,
// fixes its time, its hints and its claims; whatever is asked or broken afterwards is the learner's
// curiosity. Who saw the answer before that has not solved it, whatever a later check says, and the clock
// stops there; of several bugs those count that a check had found fixed by then. A decoy is solved by the
// answer that nothing is wrong; a check would have told. nanobug's own building and checking is not on the
// clock, and neither is a pause in which it was not asked for anything.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "mutator/session/session.h"

namespace nanobug::coach {

// The kinds of a session's events: what the learner wrote, and what they asked nanobug for.
inline constexpr char kNote[] = "note", kHypothesis[] = "hypothesis", kReply[] = "reply";
inline constexpr char kHint[] = "hint", kClaim[] = "claim", kAnswer[] = "answer", kCheck[] = "check",
                      kRun[] = "run", kReset[] = "reset", kReveal[] = "reveal", kAsk[] = "ask", kOpen[] = "open";

// Adds it, unless there are so many that nobody reads them.
inline constexpr size_t kMostEvents = 1000;
void note_event(session::Session& session, session::Event event);
bool has_event(const session::Session& session, std::string_view kind);

// Between two events lies an hour or more, and more than the session's minutes: nobody was there. The sum of
// these spans until it was solved, or until now.
std::int64_t paused_seconds(const session::Session& session, std::int64_t now);

// What was paid for evidence, in seconds.
std::int64_t paid_seconds(const session::Session& session);

// The learner's seconds until it was solved, or until now, without pauses, and with what was paid.
std::int64_t learner_seconds(const session::Session& session, std::int64_t now);

// By how many seconds those are more than the session's minutes; 0 when they are not.
std::int64_t over_time(const session::Session& session, std::int64_t now);

std::string mode_of(const session::Session& session);                     // hunt, review, production
std::string mode_in_words(const session::Session& session);               // a hunt, a review, in production
std::string outcome_of(const session::Session& session);                  // solved, revealed, stopped
std::string state_of(const session::Session& session, std::int64_t now);  // solved, revealed, over time, open

// "2:01, 1 hint, no wrong claim", and how much of it was over time; a pause that was not counted.
std::string cost_of(const session::Session& session, std::int64_t now);

// `agree` of `asked` probes do. Of a decoy, a check in which all of them do has told the answer.
void note_check(session::Session& session, bool solved, int agree, int asked, std::int64_t now);
// Of several bugs: which of them the check finds fixed, in their order. Before note_check.
void note_fixed(session::Session& session, const std::vector<bool>& fixed);
void note_claim(session::Session& session, bool right);
// Of several bugs: right about those of these rules.
void note_claim(session::Session& session, const std::set<std::string>& rules);
// An answer of a review, or that nothing is wrong: its reason, and which of the rule's terms that names. A
// wrong one is a wrong claim.
void note_reply(session::Session& session, bool right, const std::string& why,
                const std::vector<std::string>& terms, std::int64_t now);
void note_hint(session::Session& session);
void note_hint(session::Session& session, size_t bug);  // of several
void note_reveal(session::Session& session);
void note_machine(session::Session& session, std::int64_t seconds);  // spent before it was solved

// The line after one that says no: what to type next; "" where no hint is to be had, or none is needed.
std::string way_on(const session::Session& session);

// Its bug was made by an operator: nobody has written its words, nor said of what class it is.
bool is_surprise(const session::Session& session);

// One bug was drawn and decoys were not left out, so nothing may be wrong. The same whatever was drawn.
bool may_be_decoy(const session::Session& session);

// How many hints were shown, counted or not.
int hints_shown(const session::Session& session);

// Of several bugs by the last check, and by what was claimed.
int bugs_left(const session::Session& session);
int bugs_earned(const session::Session& session);       // fixed before the answer was seen
std::string fixed_of(const session::Session& session);  // "1 of 2 fixed", of those; "" of one bug
int places_found(const session::Session& session);

}  // namespace nanobug::coach

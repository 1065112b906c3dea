// results: what became of each mutant, a line of JSON each, so that a run that was stopped goes on where it
// was.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "mutator/base/error.h"
#include "mutator/base/files.h"
#include "tools/strength/mutant.h"

namespace nanobug::strength {

enum class Outcome {
  broken,     // does not compile: no mutant
  same_code,  // the compiler makes the clean tree's code of it: no mutant
  probe,      // a probe failed, crashed or hung
  parity,     // no probe did, a parity run did
  survived,
};

struct Judgement {
  Outcome outcome = Outcome::survived;
  std::string by;          // the probe, or what the parity run observes
  std::string observable;  // the probe's tag
  std::string how;         // "failed", "crashed", "hung"
  std::string message;
  double build_s = 0, judge_s = 0;

  bool judged() const { return outcome >= Outcome::probe; }
  bool caught() const { return outcome == Outcome::probe || outcome == Outcome::parity; }
};

// "caught by softmax.values", for a line of progress.
std::string in_words(const Judgement& judgement);

class Results {
 public:
  // Reads what is there; a last line cut short is dropped. `fresh` begins an empty file.
  static Result<std::unique_ptr<Results>> open(const fs::path& file, bool fresh);

  // The answer for this mutant of this text; `bench` is who judges. Whether it compiles does not depend on
  // that, and with `trust_catches` neither does that it was once caught.
  std::optional<Judgement> find(const Mutant& mutant, const std::string& pristine, const std::string& bench,
                                bool trust_catches) const;

  // From any thread.
  Status keep(const Mutant& mutant, const std::string& pristine, const std::string& bench,
              const Judgement& judgement);

 private:
  struct Entry {
    std::string bench;
    Judgement judgement;
  };
  explicit Results(fs::path file) : file_(std::move(file)) {}
  bool take(const std::string& line);

  fs::path file_;
  std::mutex writing_;
  std::map<std::string, std::vector<Entry>> entries_;  // by mutant and text
};

}  // namespace nanobug::strength

// stage: one built tree and one scratch directory, in which parity runs are performed, several at a time.
#pragma once

#include <future>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "mutator/grade/recording.h"
#include "mutator/workshop/programs.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::grade {

// What became of one parity run.
struct Performance {
  Recording recording;  // its takes end with the first step that fails
  std::string failed;   // "bin/base_train ended with exit code 1": how that was; empty when none did
  bool hung = false;    // one of its limits was passed
};

class Stage {
 public:
  static Result<Stage> open(const workshop::Workshop& workshop, fs::path place);

  // From several threads. `known` is where the limits come from; without it they are the catalog's.
  Result<Performance> perform(const catalog::Parity& parity, const Recording* known);

 private:
  using Shared = std::shared_future<Result<workshop::RunReport>>;
  struct Prepared {
    std::mutex adding;
    std::map<std::string, Shared> steps;
  };
  Stage(const workshop::Workshop& workshop, fs::path place, workshop::RunDirectory scratch);
  Result<workshop::RunReport> prepare(const catalog::Step& step, const Limits& limits);

  const workshop::Workshop& workshop_;
  fs::path place_;
  workshop::RunDirectory run_directory_;
  std::unique_ptr<workshop::Standbys> standbys_ =
      std::make_unique<workshop::Standbys>(workshop_.hosts(), place_);
  std::unique_ptr<Prepared> prepared_ = std::make_unique<Prepared>();  // what several runs begin with
};

}  // namespace nanobug::grade

// Early stopping, against a search through everything that was evaluated so far.

#include "nanochat/early_stopping.h"

#include <cmath>
#include <limits>
#include <vector>

#include "nanochat/common.h"
#include "probe.h"

using nanochat::EarlyStopping;

namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

std::vector<double> losses(uint64_t seed, int64_t count) {
  nanochat::Rng rng(seed);
  std::vector<double> all;
  for (int64_t i = 0; i < count; ++i) {
    all.push_back(rng.below(8) == 0 ? kNaN : 3.0 - static_cast<double>(rng.below(8 + i)) / 8.0);
  }
  return all;
}

}  // namespace

TEST_CASE("early_stopping.best", "[stopping]") {
  EarlyStopping stopping(0);
  CHECK(stopping.best() == kInf);
  CHECK(stopping.best_step() == -1);
  CHECK(stopping.update(3.0, 10));
  CHECK_FALSE(stopping.update(3.5, 20));
  CHECK(stopping.best() == 3.0);
  CHECK(stopping.best_step() == 10);
  CHECK(stopping.update(-1.0, 30));
  CHECK_FALSE(stopping.update(-1.0, 40));  // as good is not better
  CHECK(stopping.best() == -1.0);
  CHECK(stopping.best_step() == 30);
}

TEST_CASE("early_stopping.patience", "[stopping]") {
  for (const int64_t patience : {1, 2, 5}) {
    EarlyStopping stopping(patience);
    CHECK_FALSE(stopping.stop());
    stopping.update(2.0, 0);
    CHECK_FALSE(stopping.stop());
    for (int64_t bad = 1; bad <= patience + 1; ++bad) {
      stopping.update(2.5, bad);
      CAPTURE(patience, bad);
      CHECK(stopping.stop() == (bad >= patience));
    }
  }
  EarlyStopping endless(0);
  for (int64_t step = 0; step < 100; ++step) {
    endless.update(1.0, step);
    CHECK_FALSE(endless.stop());
  }
}

TEST_CASE("early_stopping.patience_again", "[stopping]") {
  // An improvement starts the count of bad evaluations afresh.
  EarlyStopping stopping(3);
  for (const double loss : {5.0, 6.0, 6.0, 4.0, 4.5, 4.5}) stopping.update(loss, 0);
  CHECK_FALSE(stopping.stop());
  stopping.update(4.2, 1);
  CHECK(stopping.stop());
  CHECK(stopping.update(3.0, 2));  // asked once more, it has changed its mind
  CHECK_FALSE(stopping.stop());
}

TEST_CASE("early_stopping.min_delta", "[stopping]") {
  EarlyStopping stopping(4, 0.25);
  CHECK(stopping.update(2.0, 1));
  CHECK_FALSE(stopping.update(1.875, 2));
  CHECK_FALSE(stopping.update(1.75, 3));  // exactly so much is not more
  CHECK(stopping.best() == 2.0);
  CHECK(stopping.update(1.625, 4));
  CHECK(stopping.best() == 1.625);
  CHECK(stopping.best_step() == 4);
}

TEST_CASE("early_stopping.nan", "[stopping]") {
  EarlyStopping stopping(3);
  CHECK_FALSE(stopping.update(kNaN, 1));
  CHECK_FALSE(stopping.update(kInf, 2));
  CHECK(stopping.best_step() == -1);
  CHECK(stopping.update(9.0, 3));
  CHECK_FALSE(stopping.update(kNaN, 4));
  CHECK(stopping.best() == 9.0);
  CHECK(stopping.best_step() == 3);
  stopping.update(kNaN, 5);
  CHECK_FALSE(stopping.stop());
  stopping.update(kNaN, 6);
  CHECK(stopping.stop());
  CHECK(stopping.update(-kInf, 7));
}

TEST_CASE("early_stopping.loop", "[stopping]") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<double> all = losses(seed, 30);
    const int64_t patience = 1 + static_cast<int64_t>(seed % 6);
    EarlyStopping stopping(patience);
    double best = kInf;
    int64_t best_at = -1;
    for (int64_t i = 0; i < 30; ++i) {
      const double loss = all[static_cast<size_t>(i)];
      const bool better = !std::isnan(loss) && loss < best;
      if (better) best = loss, best_at = i;
      CAPTURE(seed, i, loss);
      CHECK(stopping.update(loss, 10 * i) == better);
      CHECK(stopping.best() == best);
      CHECK(stopping.best_step() == (best_at < 0 ? -1 : 10 * best_at));
      CHECK(stopping.stop() == (i - best_at >= patience));
    }
  }
}

TEST_CASE("early_stopping.restored", "[stopping]") {
  const std::vector<double> all = losses(4, 24);
  for (const size_t cut : {1, 5, 11, 23}) {
    EarlyStopping whole(4, 0.1), first(4, 0.1), second(4, 0.1);
    for (size_t i = 0; i < all.size(); ++i) {
      const auto step = static_cast<int64_t>(i);
      if (i == cut) second.restore(first.state());
      const bool improved = whole.update(all[i], step);
      EarlyStopping& part = i < cut ? first : second;
      CAPTURE(cut, i);
      CHECK(part.update(all[i], step) == improved);
      CHECK(part.stop() == whole.stop());
      CHECK(part.best() == whole.best());
      CHECK(part.best_step() == whole.best_step());
    }
  }
}

TEST_CASE("early_stopping.bad_input", "[errors]") {
  CHECK_THROWS_AS(EarlyStopping(-1), std::runtime_error);
  CHECK_THROWS_AS(EarlyStopping(3, -0.1), std::runtime_error);
  CHECK_THROWS_AS(EarlyStopping(3, kNaN), std::runtime_error);
  CHECK_NOTHROW(EarlyStopping(0, 0.0));
}

// The mean over an epoch, against the mean over all its items in a loop.

#include "nanochat/epoch_meter.h"

#include <cmath>
#include <limits>
#include <vector>

#include "nanochat/common.h"
#include "probe.h"

using nanochat::EpochMeter;

namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

// Batches of different sizes; a batch's items are near its number.
std::vector<std::vector<double>> batches(uint64_t seed, int64_t count) {
  nanochat::Rng rng(seed);
  std::vector<std::vector<double>> all;
  for (int64_t b = 0; b < count; ++b) {
    all.emplace_back();
    for (int64_t i = rng.below(9); i >= 0; --i) {
      all.back().push_back(static_cast<double>(b) - 2.0 + static_cast<double>(rng.below(100)) / 50.0);
    }
  }
  return all;
}

double mean_of(const std::vector<double>& items) {
  double sum = 0.0;
  for (const double item : items) sum += item;
  return sum / static_cast<double>(items.size());
}

}  // namespace

TEST_CASE("epoch_meter.mean", "[record]") {
  for (const uint64_t seed : {1, 2, 3}) {
    EpochMeter meter;
    std::vector<double> all;
    for (const std::vector<double>& batch : batches(seed, 12)) {
      meter.update(mean_of(batch), static_cast<int64_t>(batch.size()));
      all.insert(all.end(), batch.begin(), batch.end());
      CHECK(meter.mean() == Approx(mean_of(all)).epsilon(1e-12).margin(1e-12));
      CHECK(meter.count() == static_cast<int64_t>(all.size()));
    }
  }
}

TEST_CASE("epoch_meter.weights", "[record]") {
  EpochMeter meter;
  meter.update(1.0, 30);
  meter.update(5.0, 10);
  CHECK(meter.mean() == 2.0);
  meter.update(-2.0, 40);
  CHECK(meter.mean() == 0.0);
  CHECK(meter.count() == 80);
}

TEST_CASE("epoch_meter.reset", "[record]") {
  EpochMeter meter;
  for (int64_t epoch = 0; epoch < 4; ++epoch) {
    meter.reset();
    CHECK(meter.count() == 0);
    CHECK(std::isnan(meter.mean()));
    std::vector<double> all;
    for (const std::vector<double>& batch : batches(static_cast<uint64_t>(7 + epoch), 5)) {
      meter.update(mean_of(batch), static_cast<int64_t>(batch.size()));
      all.insert(all.end(), batch.begin(), batch.end());
    }
    CHECK(meter.mean() == Approx(mean_of(all)).epsilon(1e-12));
    CHECK(meter.count() == static_cast<int64_t>(all.size()));
  }
}

TEST_CASE("epoch_meter.empty", "[record]") {
  EpochMeter meter;
  CHECK(std::isnan(meter.mean()));
  CHECK(meter.count() == 0);
  meter.update(kNaN, 0);  // a batch without a single token has no mean
  CHECK(std::isnan(meter.mean()));
  meter.update(3.0, 2);
  meter.update(kNaN, 0);
  meter.update(std::numeric_limits<double>::infinity(), 0);
  CHECK(meter.mean() == 3.0);
  CHECK(meter.count() == 2);
  // What went wrong in a batch that holds something is not hidden.
  meter.update(kNaN, 1);
  CHECK(std::isnan(meter.mean()));
}

TEST_CASE("epoch_meter.restored", "[record]") {
  // A meter taken up again in the middle of an epoch ends as if it had never stopped, to the last bit.
  const auto all = batches(5, 10);
  EpochMeter whole, first, second;
  for (size_t b = 0; b < all.size(); ++b) {
    const auto count = static_cast<int64_t>(all[b].size());
    whole.update(mean_of(all[b]), count);
    (b < 4 ? first : second).update(mean_of(all[b]), count);
    if (b == 3) second.restore(first.state());
  }
  CHECK(second.mean() == whole.mean());
  CHECK(second.count() == whole.count());
  second.reset();
  CHECK(second.state().sum == 0.0);
  CHECK(second.state().count == 0);
}

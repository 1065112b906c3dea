// ---- match
struct State {
  double sum;
  long count;
};
struct EpochMeter {
  void update(double mean, long count) {
    if (count == 0) return;
    state_.sum += mean * static_cast<double>(count);
    state_.count += count;
  }
  State state_;
};
// ---- becomes
struct State {
  double sum;
  long count;
};
struct EpochMeter {
  void update(double mean, long count) {
    if (count == 0) return;
    state_.sum += mean;
    state_.count += 1;
  }
  State state_;
};
// ---- no match
struct SmoothedLoss {
  void add(double mean, long count) {
    sum += mean * 0.9;
    steps += count;
  }
  double sum;
  long steps;
};

struct State {
  double sum = 0.0;
  long count = 0;
};

// ---- match
struct EpochMeter {
  State state_;
  void reset() { state_ = {}; }
};

// ---- becomes
struct EpochMeter {
  State state_;
  void reset() { state_.count = 0; }
};

// ---- no match
struct EpochMeter {
  State state_;
  void restore(const State& state) { state_ = state; }
};

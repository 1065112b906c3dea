struct State {
  double scale = 65536.0;
  int growth_tracker = 0;
};

// ---- match
struct GradScaler {
  State state_;
  void update(bool found_inf) {
    if (found_inf) {
      state_.growth_tracker = 0;
    } else if (++state_.growth_tracker >= 2000) {
      state_.scale *= 2.0;
    }
  }
};

// ---- becomes
struct GradScaler {
  State state_;
  void update(bool found_inf) {
    if (found_inf) {
      state_.growth_tracker = 0;
    } else if (state_.growth_tracker >= 2000) {
      state_.scale *= 2.0;
    }
  }
};

// ---- no match
struct GradScaler {
  State state_;
  void count() { ++state_.growth_tracker; }
};

struct State {
  double scale = 65536.0;
  int growth_tracker = 0;
};

// ---- match
struct GradScaler {
  State state_;
  void update(bool found_inf) {
    if (found_inf) {
      state_.scale *= 0.5;
      state_.growth_tracker = 0;
    }
  }
};

// ---- becomes
struct GradScaler {
  State state_;
  void update(bool found_inf) {
    if (found_inf) {
      state_.growth_tracker = 0;
    }
  }
};

// ---- no match
struct GradScaler {
  State state_;
  void update(double grown) { state_.scale = grown; }
};

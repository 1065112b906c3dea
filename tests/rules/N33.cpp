struct Tensor {};
struct Autocast {
  Autocast(int dtype, bool enabled);
  ~Autocast();
};
struct FirstRun {
  int dtype;
  bool autocast;
};
Tensor run();

// ---- match
struct Recompute {
  static Tensor backward(FirstRun* first) {
    const Autocast precision(first->dtype, first->autocast);
    return run();
  }
};

// ---- becomes
struct Recompute {
  static Tensor backward(FirstRun* first) { return run(); }
};

// ---- no match
struct Recompute {
  static Tensor backward(FirstRun* first) {
    return run();
  }
};

// ---- no match
struct Recompute {
  static Tensor forward(FirstRun* first) {
    const Autocast precision(first->dtype, first->autocast);
    return run();
  }
};

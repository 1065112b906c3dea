struct Tensor {};
struct Generator {
  void set_state(const Tensor& state);
  Tensor get_state() const;
};
struct FirstRun {
  Tensor random;
  int block;
};
Tensor run(int block);

// ---- match
struct Recompute {
  static Tensor backward(FirstRun* first, Generator generator) {
    const Tensor now = generator.get_state();
    generator.set_state(first->random);
    const Tensor y = run(first->block);
    generator.set_state(now);
    return y;
  }
};

// ---- becomes
struct Recompute {
  static Tensor backward(FirstRun* first, Generator generator) {
    generator.set_state(first->random);
    const Tensor y = run(first->block);
    return y;
  }
};

// ---- no match
struct Recompute {
  static Tensor backward(FirstRun* first, Generator generator) {
    generator.set_state(first->random);
    const Tensor y = run(first->block);
    return y;
  }
};

// ---- no match
struct Recompute {
  static Tensor forward(FirstRun* first, Generator generator) {
    const Tensor now = generator.get_state();
    generator.set_state(first->random);
    const Tensor y = run(first->block);
    generator.set_state(now);
    return y;
  }
};

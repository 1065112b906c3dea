struct Rng {
  explicit Rng(unsigned long seed);
  void shuffle(int& order);
};

// ---- match
struct DataLoader {
  bool shuffle_ = true;
  unsigned long seed_ = 0;
  int order_ = 0;
  void begin_epoch(unsigned long epoch) {
    order_ = static_cast<int>(epoch);
    if (shuffle_) {
      // Two epochs must not share their order.
      Rng rng(seed_ * 3 + epoch);
      rng.shuffle(order_);
    }
  }
};

// ---- becomes
struct DataLoader {
  bool shuffle_ = true;
  unsigned long seed_ = 0;
  int order_ = 0;
  void begin_epoch(unsigned long epoch) {
    order_ = static_cast<int>(epoch);
    if (shuffle_) {
      Rng rng(seed_ * 3);
      rng.shuffle(order_);
    }
  }
};

// ---- no match
struct DataLoader {
  unsigned long seed_ = 0;
  int order_ = 0;
  void begin_epoch() {
    if (order_ > 0) {
      Rng rng(seed_ * 3);
      rng.shuffle(order_);
    }
  }
};

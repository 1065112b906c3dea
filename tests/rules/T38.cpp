struct Rng {
  void shuffle(int& order);
};

// ---- match
struct DataLoader {
  bool shuffle_ = true;
  int epoch_ = 0, order_ = 0;
  void begin_epoch(int epoch, Rng& rng) {
    epoch_ = epoch;
    if (shuffle_) {
      rng.shuffle(order_);
    }
  }
};

// ---- becomes
struct DataLoader {
  bool shuffle_ = true;
  int epoch_ = 0, order_ = 0;
  void begin_epoch(int epoch, Rng& rng) {
    epoch_ = epoch;
    if (shuffle_ && epoch > 0) {
      rng.shuffle(order_);
    }
  }
};

// ---- no match
struct Deck {
  bool shuffle_ = true;
  int order_ = 0;
  void begin(Rng& rng) {
    if (shuffle_) rng.shuffle(order_);
  }
};

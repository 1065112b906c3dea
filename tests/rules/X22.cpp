// ---- match
using uint64_t = unsigned long;
struct Rng {
  explicit Rng(uint64_t seed);
  void shuffle();
};
struct DataLoader {
  void begin_epoch(long epoch) {
    Rng rng(seed_ * 7 + static_cast<uint64_t>(epoch));
    rng.shuffle();
  }
  uint64_t seed_;
  long rank_;
};
// ---- becomes
using uint64_t = unsigned long;
struct Rng {
  explicit Rng(uint64_t seed);
  void shuffle();
};
struct DataLoader {
  void begin_epoch(long epoch) {
    Rng rng((seed_ + static_cast<uint64_t>(rank_)) * 7 + static_cast<uint64_t>(epoch));
    rng.shuffle();
  }
  uint64_t seed_;
  long rank_;
};
// ---- no match
struct Rng {
  explicit Rng(unsigned long seed);
};
struct DataLoader {
  void rewind() { Rng rng(seed_); }
  unsigned long seed_;
};

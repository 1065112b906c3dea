struct Pair {
  int first, second;
};

// ---- match
struct PairHash {
  int operator()(const Pair& pair) const { return pair.first * 0x1fffffff + pair.second; }
};

// ---- becomes
struct PairHash {
  int operator()(const Pair& pair) const { return pair.first * 31 + pair.second; }
};

// ---- no match
struct PairSum {
  int operator()(const Pair& pair) const { return pair.first * 0x1fffffff + pair.second; }
};

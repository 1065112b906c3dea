// ---- match
struct KVCache {
  int insert(int layer, int T) {
    const int end = position_ + T;
    if (layer == n_layer - 1) position_ = end;
    return end;
  }
  int n_layer, position_;
};

// ---- becomes
struct KVCache {
  int insert(int layer, int T) {
    const int end = position_ + T;
    return end;
  }
  int n_layer, position_;
};

// ---- no match
struct KVCache {
  int insert(int layer, int T) {
    if (layer == n_layer - 1) position_ += T;
    return position_;
  }
  int n_layer, position_;
};

// ---- no match
struct KVCache {
  void reset(bool all) {
    if (all) position_ = 0;
  }
  int position_;
};

// ---- match
struct KVCache {
  int insert(int layer, int end) {
    if (layer == n_layer - 1) position_ = end;
    return end;
  }
  int n_layer, position_;
};

// ---- becomes
struct KVCache {
  int insert(int layer, int end) {
    if (layer == 0) position_ = end;
    return end;
  }
  int n_layer, position_;
};

// ---- no match
struct KVCache {
  int insert(int layer, int end) {
    if (layer == 0) position_ = end;
    return end;
  }
  int n_layer, position_;
};

// ---- no match
struct KVCache {
  bool is_last(int layer) const { return layer == n_layer - 1; }
  int n_layer, position_;
};

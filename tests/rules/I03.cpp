struct Tensor {
  void reset();
};
struct Tensors {
  Tensor* begin();
  Tensor* end();
};

// ---- match
struct KVCache {
  void reset() {
    for (Tensor& keys : keys_) keys.reset();
    for (Tensor& values : values_) values.reset();
    position_ = 0;
  }
  Tensors keys_, values_;
  int position_;
};
int reserve(int needed) {
  const int capacity = (needed + 63) / 64 * 64;
  return capacity;
}

// ---- becomes
struct KVCache {
  void reset() { position_ = 0; }
  Tensors keys_, values_;
  int position_;
};
int reserve(int needed) {
  const int capacity = 2 * ((needed + 63) / 64 * 64);
  return capacity;
}

// ---- no match
struct KVCache {
  void reset() { position_ = 0; }
  Tensors keys_, values_;
  int position_;
};

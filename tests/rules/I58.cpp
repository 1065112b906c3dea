// ---- match
namespace torch {
struct Tensor {
  void reset();
};
}
struct KVCache {
  void reset() {
    for (torch::Tensor& keys : keys_) keys.reset();
    for (torch::Tensor& values : values_) values.reset();
  }
  torch::Tensor keys_[4], values_[4];
};
// ---- becomes
namespace torch {
struct Tensor {
  void reset();
};
}
struct KVCache {
  void reset() {
    for (torch::Tensor keys : keys_) keys.reset();
    for (torch::Tensor values : values_) values.reset();
  }
  torch::Tensor keys_[4], values_[4];
};
// ---- no match
struct Tensor {
  void reset();
};
struct Engine {
  void reset() {
    for (Tensor& keys : keys_) keys.reset();
  }
  Tensor keys_[4];
};

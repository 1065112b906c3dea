// The cache of keys and values. Contracts are in the header.

#include "nanochat/kv_cache.h"

namespace nanochat {

namespace {

// Positions are added in blocks of this many, because growing copies everything.
constexpr int64_t kBlock = 64;

// Makes room in `buffer` for `needed` positions of vectors like those of x (B, KV, T, D), and keeps
// the first `used`.
void reserve(torch::Tensor& buffer, const torch::Tensor& x, int64_t used, int64_t needed) {
  if (buffer.defined() && buffer.size(2) >= needed) return;
  const int64_t capacity = (needed + kBlock - 1) / kBlock * kBlock;
  const torch::Tensor larger =
      torch::empty({x.size(0), x.size(1), capacity, x.size(3)}, x.options().requires_grad(false));
  if (used > 0) larger.narrow(2, 0, used).copy_(buffer.narrow(2, 0, used));
  buffer = larger;
}

}  // namespace

KVCache::KVCache(int64_t n_layer, torch::Tensor padding) : padding_(std::move(padding)) {
  TORCH_CHECK(n_layer > 0, "a cache needs at least one layer, not ", n_layer);
  keys_.resize(static_cast<size_t>(n_layer));
  values_.resize(static_cast<size_t>(n_layer));
}

std::pair<torch::Tensor, torch::Tensor> KVCache::insert(int64_t layer, const torch::Tensor& k,
                                                        const torch::Tensor& v) {
  const int64_t n_layer = static_cast<int64_t>(keys_.size());
  TORCH_CHECK(layer >= 0 && layer < n_layer, "there is no layer ", layer, " in a cache of ",
              n_layer);
  TORCH_CHECK(k.dim() == 4 && k.sizes() == v.sizes(),
              "keys and values must both have the shape (B, KV, T, D), not ", k.sizes(), " and ",
              v.sizes());
  torch::Tensor& keys = keys_[static_cast<size_t>(layer)];
  torch::Tensor& values = values_[static_cast<size_t>(layer)];
  TORCH_CHECK(!keys.defined() || (keys.size(0) == k.size(0) && keys.size(1) == k.size(1) &&
                                  keys.size(3) == k.size(3)),
              "keys of shape ", k.sizes(), " do not continue a cache of shape ", keys.sizes());

  torch::NoGradGuard no_grad;
  const int64_t T = k.size(2), end = position_ + T;
  reserve(keys, k, position_, end);
  reserve(values, v, position_, end);
  keys.narrow(2, position_, T).copy_(k);
  values.narrow(2, position_, T).copy_(v);
  if (layer == n_layer - 1) position_ = end;
  return {keys.narrow(2, 0, end), values.narrow(2, 0, end)};
}

int64_t KVCache::capacity() const {
  return keys_.front().defined() ? keys_.front().size(2) : 0;
}

void KVCache::reset() {
  for (torch::Tensor& keys : keys_) keys.reset();
  for (torch::Tensor& values : values_) values.reset();
  padding_.reset();
  position_ = 0;
}

void KVCache::prefill(const KVCache& other, int64_t B) {
  TORCH_CHECK(B > 0, "a cache needs at least one row, not ", B);
  TORCH_CHECK(!keys_.front().defined(), "only an empty cache can be prefilled");
  TORCH_CHECK(
      other.position_ > 0 && other.keys_.size() == keys_.size() && other.keys_.front().size(0) == 1,
      "a cache is prefilled from one that has read one row with the same model");
  const auto repeat = [&](const torch::Tensor& row) {
    return row.narrow(2, 0, other.position_).expand({B, -1, -1, -1}).clone();
  };
  for (size_t layer = 0; layer < keys_.size(); ++layer) {
    keys_[layer] = repeat(other.keys_[layer]);
    values_[layer] = repeat(other.values_[layer]);
  }
  position_ = other.position_;
}

}  // namespace nanochat

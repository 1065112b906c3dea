// ---- match
using int64_t = long;
struct Tensor {
  Tensor sum() const;
  int64_t numel() const;
};
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, int64_t b);
Tensor cross_entropy(const Tensor& picked, const Tensor& kept) {
  const Tensor count = kept.sum();
  return picked.sum() / count;
}
// ---- becomes
using int64_t = long;
struct Tensor {
  Tensor sum() const;
  int64_t numel() const;
};
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, int64_t b);
Tensor cross_entropy(const Tensor& picked, const Tensor& kept) {
  const int64_t count = kept.numel();
  return picked.sum() / count;
}
// ---- no match
struct Tensor {
  Tensor sum() const;
};
Tensor weighted(const Tensor& kept) {
  const Tensor count = kept.sum();
  return count;
}

// ---- match
namespace torch {
enum Type { kBFloat16, kFloat64 };
struct Tensor {
  Tensor to(Type type) const;
};
Tensor arange(long count, Type type);
}
torch::Tensor precompute_rotary(long T) {
  const auto options = torch::kFloat64;
  const torch::Tensor position = torch::arange(T, options);
  return position;
}
// ---- becomes
namespace torch {
enum Type { kBFloat16, kFloat64 };
struct Tensor {
  Tensor to(Type type) const;
};
Tensor arange(long count, Type type);
}
torch::Tensor precompute_rotary(long T) {
  const auto options = torch::kFloat64;
  const torch::Tensor position = torch::arange(T, torch::kBFloat16).to(options);
  return position;
}
// ---- no match
namespace torch {
struct Tensor {};
Tensor arange(long begin, long end, long step);
}
torch::Tensor precompute_rotary(long D) {
  const torch::Tensor channel = torch::arange(0, D, 2);
  return channel;
}

// ---- match
namespace torch {
enum Type { kFloat32, kFloat64 };
struct Options {};
Options dtype(Type type);
Options arange(long n, const Options& options);
}
void precompute_rotary(long D) {
  const auto options = torch::dtype(torch::kFloat64);
  torch::arange(D, options);
}
// ---- becomes
namespace torch {
enum Type { kFloat32, kFloat64 };
struct Options {};
Options dtype(Type type);
Options arange(long n, const Options& options);
}
void precompute_rotary(long D) {
  const auto options = torch::dtype(torch::kFloat32);
  torch::arange(D, options);
}
// ---- no match
namespace torch {
enum Type { kFloat64 };
struct Options {};
Options dtype(Type type);
void ones(const Options& options);
}
void no_rotation() {
  const auto options = torch::dtype(torch::kFloat64);
  torch::ones(options);
}

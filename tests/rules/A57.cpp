// ---- match
struct BatchNorm {
  double forward(long N) {
    const double unbiased = static_cast<double>(N) / static_cast<double>(N - 1);
    return unbiased;
  }
};
// ---- becomes
struct BatchNorm {
  double forward(long N) {
    const double unbiased = static_cast<double>(N / (N - 1));
    return unbiased;
  }
};
// ---- no match
double forward(long N) {
  const double unbiased = static_cast<double>(N) / static_cast<double>(N - 1);
  return unbiased;
}

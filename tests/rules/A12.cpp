struct Tensor {
  Tensor operator-() const;
  Tensor operator/(long divisor) const;
};
Tensor pow(double base, const Tensor& exponent);

// ---- match
Tensor precompute_rotary(const Tensor& channel, long D, double base) {
  return pow(base, -channel / D);
}

// ---- becomes
Tensor precompute_rotary(const Tensor& channel, long D, double base) {
  return pow(base, -channel / (D * 2));
}

// ---- no match
Tensor precompute_rotary(const Tensor& channel, long D, double base) {
  return pow(base, channel / D);
}

// ---- no match
long precompute_rotary(long D) {
  return D / 2;
}

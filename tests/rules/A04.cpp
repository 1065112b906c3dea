struct Tensor {
  Tensor operator-() const;
  Tensor operator+(const Tensor& other) const;
  Tensor operator*(const Tensor& other) const;
};

// ---- match
Tensor apply_rotary(const Tensor& x1, const Tensor& x2, const Tensor& cos, const Tensor& sin) {
  const Tensor y2 = -x1 * sin + x2 * cos;
  return y2;
}

// ---- becomes
Tensor apply_rotary(const Tensor& x1, const Tensor& x2, const Tensor& cos, const Tensor& sin) {
  const Tensor y2 = -x2 * sin + x1 * cos;
  return y2;
}

// ---- no match
Tensor apply_rotary(const Tensor& x1, const Tensor& x2, const Tensor& cos, const Tensor& sin) {
  const Tensor y1 = x1 * cos + x2 * sin;
  return y1;
}

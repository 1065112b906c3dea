// ---- match
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator/(double divisor) const;
  Tensor& div_(double divisor);
};
struct GradScaler {
  void unscale_(const Tensor& of_param) {
    Tensor grad = of_param;
    grad.div_(scale);
  }
  double scale;
};
// ---- becomes
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator/(double divisor) const;
  Tensor& div_(double divisor);
};
struct GradScaler {
  void unscale_(const Tensor& of_param) {
    Tensor grad = of_param;
    grad = grad / scale;
  }
  double scale;
};
// ---- no match
struct Tensor {
  Tensor& div_(double divisor);
};
struct GradScaler {
  void update(Tensor& grad) { grad.div_(2.0); }
};

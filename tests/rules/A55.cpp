// ---- match
struct Tensor {
  Tensor& mul_(double factor);
  Tensor& add_(const Tensor& other, double factor);
  Tensor operator*(double factor) const;
  Tensor operator+(const Tensor& other) const;
};
struct BatchNorm {
  void forward(const Tensor& mean) { running_mean.mul_(1.0 - momentum).add_(mean, momentum); }
  Tensor running_mean;
  double momentum;
};
// ---- becomes
struct Tensor {
  Tensor& mul_(double factor);
  Tensor& add_(const Tensor& other, double factor);
  Tensor operator*(double factor) const;
  Tensor operator+(const Tensor& other) const;
};
struct BatchNorm {
  void forward(const Tensor& mean) {
    running_mean = running_mean * (1.0 - momentum) + mean * momentum;
  }
  Tensor running_mean;
  double momentum;
};
// ---- no match
struct Tensor {
  Tensor& mul_(double factor);
  Tensor& add_(const Tensor& other, double factor);
};
struct BatchNorm {
  void forward(const Tensor& var) { running_var.mul_(0.9).add_(var, 0.1); }
  Tensor running_var;
};

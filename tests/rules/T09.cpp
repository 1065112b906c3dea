struct Tensor {
  Tensor mul(double factor) const;
  Tensor& mul_(double factor);
  Tensor& add_(const Tensor& other, double factor);
};

// ---- match
struct BatchNorm {
  Tensor running_mean, running_var;
  double momentum = 0.1;
  void forward(const Tensor& mean, const Tensor& variance) {
    running_mean.mul_(1.0 - momentum).add_(mean, momentum);
    running_var.mul_(1.0 - momentum).add_(variance, momentum);
  }
};

// ---- becomes
struct BatchNorm {
  Tensor running_mean, running_var;
  double momentum = 0.1;
  void forward(const Tensor& mean, const Tensor& variance) {
    running_mean.mul(1.0 - momentum).add_(mean, momentum);
    running_var.mul(1.0 - momentum).add_(variance, momentum);
  }
};

// ---- no match
struct Average {
  Tensor mean;
  void update(const Tensor& x) { mean.mul_(0.9).add_(x, 0.1); }
};

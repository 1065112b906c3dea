struct Tensor {
  Tensor div(double divisor) const;
};

// ---- match
struct Distributed {
  int world_size() const;
  void average_gradients(Tensor& grad, const Tensor* sums, int i) {
    grad = sums[i].div(static_cast<double>(world_size()));
  }
};

// ---- becomes
struct Distributed {
  int world_size() const;
  void average_gradients(Tensor& grad, const Tensor* sums, int i) { grad = sums[i]; }
};

// ---- no match
struct Distributed {
  int world_size() const;
  Tensor mean(const Tensor& sum) const { return sum.div(world_size()); }
};

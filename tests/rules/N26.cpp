// ---- match
struct Tensor {
  Tensor isfinite() const;
  Tensor isnan() const;
  Tensor all() const;
  Tensor any() const;
  template <typename T>
  T item() const;
};
struct GradScaler {
  void unscale_(const Tensor& grad) {
    if (!grad.isfinite().all().item<bool>()) found_inf_ = true;
  }
  bool found_inf_;
};
// ---- becomes
struct Tensor {
  Tensor isfinite() const;
  Tensor isnan() const;
  Tensor all() const;
  Tensor any() const;
  template <typename T>
  T item() const;
};
struct GradScaler {
  void unscale_(const Tensor& grad) {
    if (grad.isnan().any().item<bool>()) found_inf_ = true;
  }
  bool found_inf_;
};
// ---- no match
struct Tensor {
  Tensor isfinite() const;
  Tensor all() const;
  bool item() const;
};
bool check(const Tensor& grad) { return !grad.isfinite().all().item(); }

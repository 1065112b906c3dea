// ---- match
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator*(double factor) const;
  Tensor& mul_(double factor);
  Tensor& add_(double x);
};
void update(Tensor param, double lr, double decay) {
  param.mul_(1.0 - lr * decay);
  param.add_(-lr);
}
// ---- becomes
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator*(double factor) const;
  Tensor& mul_(double factor);
  Tensor& add_(double x);
};
void update(Tensor param, double lr, double decay) {
  param = param * (1.0 - lr * decay);
  param.add_(-lr);
}
// ---- no match
struct Tensor {
  Tensor& mul_(double factor);
};
void update(Tensor param, Tensor exp_avg, double beta) { exp_avg.mul_(beta); }

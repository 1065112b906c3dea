// ---- match
namespace std {
double sqrt(double x);
}
struct Tensor {
  Tensor operator/(double divisor) const;
  Tensor sqrt() const;
  Tensor add_(double eps) const;
  void addcdiv_(const Tensor& a, const Tensor& b, double factor);
};
void update(Tensor param, const Tensor& m, const Tensor& v, double lr, double beta) {
  const double bias_correction1 = 1.0 - beta;
  const double bias_correction2 = 1.0 - beta * beta;
  const Tensor denominator = (v / bias_correction2).sqrt().add_(1e-8);
  param.addcdiv_(m, denominator, -lr / bias_correction1);
}
// ---- becomes
namespace std {
double sqrt(double x);
}
struct Tensor {
  Tensor operator/(double divisor) const;
  Tensor sqrt() const;
  Tensor add_(double eps) const;
  void addcdiv_(const Tensor& a, const Tensor& b, double factor);
};
void update(Tensor param, const Tensor& m, const Tensor& v, double lr, double beta) {
  const double bias_correction1 = 1.0 - beta;
  const double bias_correction2 = 1.0 - beta * beta;
  const Tensor denominator = v.sqrt().add_(1e-8);
  param.addcdiv_(m, denominator, -lr * std::sqrt(bias_correction2) / bias_correction1);
}
// ---- no match
struct Tensor {
  Tensor operator/(double divisor) const;
};
Tensor update(const Tensor& v, double bias_correction2) { return v / bias_correction2; }

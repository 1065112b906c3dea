namespace std {
double sqrt(double x);
double min(double a, double b);
}
struct Tensor {
  long size(int dim) const;
  Tensor& normal_(double mean, double std) const;
};
struct Model {
  void init_weights();
  Tensor c_q, wte;
};

// ---- match
void Model::init_weights() {
  const auto init_linear = [](const Tensor& weight) {
    const double fan_in = static_cast<double>(weight.size(1));
    weight.normal_(0.0, 1.0 / std::sqrt(fan_in));
  };
  init_linear(c_q);
}

// ---- becomes
void Model::init_weights() {
  const auto init_linear = [](const Tensor& weight) {
    const double fan_in = static_cast<double>(weight.size(1));
    weight.normal_(1.0 / std::sqrt(fan_in), 0.0);
  };
  init_linear(c_q);
}

// ---- no match
void Model::init_weights() {
  wte.normal_(0.0, 1.0);
}

struct Tensor {
  Tensor();
  Tensor(const Tensor& other);
  Tensor& operator=(const Tensor& other);
  bool defined() const;
  void reset();
  Tensor grad() const;
  Tensor& mutable_grad() const;
};
Tensor operator+(const Tensor& a, const Tensor& b);
struct MasterWeights {
  void take_gradients();
  void forget();
  Tensor weight_, master_;
};

// ---- match
void MasterWeights::take_gradients() {
  const Tensor grad = weight_.grad();
  Tensor& sum = master_.mutable_grad();
  sum = sum.defined() ? sum + grad : grad;
  weight_.mutable_grad().reset();
}

// ---- becomes
void MasterWeights::take_gradients() {
  const Tensor grad = weight_.grad();
  Tensor& sum = master_.mutable_grad();
  sum = sum.defined() ? sum + grad : grad;
}

// ---- no match
void MasterWeights::take_gradients() {
  const Tensor grad = weight_.grad();
  Tensor& sum = master_.mutable_grad();
  sum = sum.defined() ? sum + grad : grad;
}

// ---- no match
void MasterWeights::forget() {
  const Tensor grad = weight_.grad();
  Tensor& sum = master_.mutable_grad();
  sum = sum.defined() ? sum + grad : grad;
  weight_.mutable_grad().reset();
}

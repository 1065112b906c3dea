struct Tensor {
  Tensor clone() const;
  const Tensor& copy_(const Tensor& other) const;
};

// ---- match
void load_embedding(const Tensor& table, const Tensor& weight) {
  table.copy_(weight);
}

// ---- becomes
void load_embedding(const Tensor& table, const Tensor& weight) {
  table.clone().copy_(weight);
}

// ---- no match
void keep_best(const Tensor& table, const Tensor& weight) {
  table.copy_(weight);
}

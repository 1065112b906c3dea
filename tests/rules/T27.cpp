struct Tensor {
  Tensor detach() const;
  const Tensor& requires_grad_(bool on) const;
};
struct Tensors {
  void push_back(const Tensor& tensor);
  const Tensor* begin() const;
  const Tensor* end() const;
};

// ---- match
struct GPT {
  Tensors block;
  Tensors configure_optimizers() {
    Tensors matrices;
    for (const Tensor& weight : block) matrices.push_back(weight);
    return matrices;
  }
};

// ---- becomes
struct GPT {
  Tensors block;
  Tensors configure_optimizers() {
    Tensors matrices;
    for (const Tensor& weight : block) matrices.push_back(weight.detach());
    return matrices;
  }
};

// ---- no match
struct GPT {
  Tensors wte;
  Tensors configure_optimizers() {
    Tensors tables;
    for (const Tensor& weight : wte) tables.push_back(weight);
    return tables;
  }
};

// ---- no match
Tensors copy(const Tensors& block) {
  Tensors matrices;
  for (const Tensor& weight : block) matrices.push_back(weight);
  return matrices;
}

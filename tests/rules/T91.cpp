struct Tensor {};
struct Tensors {
  Tensors();
  void push_back(const Tensor& tensor);
};
struct Module {
  Tensors parameters() const;
  explicit operator bool() const;
};

// ---- match
struct Model {
  Module wte, lm_head;
  Tensors configure_optimizers() {
    Tensors tables = lm_head ? wte.parameters() : Tensors();
    tables.push_back(Tensor());
    return tables;
  }
};

// ---- becomes
struct Model {
  Module wte, lm_head;
  Tensors configure_optimizers() {
    Tensors tables = wte.parameters();
    tables.push_back(Tensor());
    return tables;
  }
};

// ---- no match
struct Model {
  Module wte, lm_head;
  Tensors configure_optimizers() {
    Tensors head = lm_head ? lm_head.parameters() : wte.parameters();
    return head;
  }
};

// ---- no match
struct Model {
  Module wte, lm_head;
  Tensors weights() {
    Tensors tables = lm_head ? wte.parameters() : Tensors();
    return tables;
  }
};

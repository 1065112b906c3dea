struct Tensors {};
struct Module {
  Tensors parameters() const;
};
struct Group {
  const char* name;
  Tensors params;
  double lr;
};
struct Optimizers {
  Group adamw, muon;
};

// ---- match
struct GPT {
  Module block, lm_head;
  Optimizers configure_optimizers() {
    const Tensors matrices = block.parameters();
    Group head{.name = "head", .params = lm_head.parameters(), .lr = 0.004};
    Group matrix{.name = "matrix", .params = matrices, .lr = 0.02};
    return {head, matrix};
  }
};

// ---- becomes
struct GPT {
  Module block, lm_head;
  Optimizers configure_optimizers() {
    const Tensors matrices = block.parameters();
    Group head{.name = "head", .params = matrices, .lr = 0.004};
    Group matrix{.name = "matrix", .params = lm_head.parameters(), .lr = 0.02};
    return {head, matrix};
  }
};

// ---- no match
struct Classifier {
  Module block, norm;
  Optimizers configure_optimizers() {
    Group top{.name = "head", .params = norm.parameters(), .lr = 0.01};
    Group matrix{.name = "matrix", .params = block.parameters(), .lr = 0.01};
    return {top, matrix};
  }
};

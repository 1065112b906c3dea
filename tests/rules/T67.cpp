// ---- match
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor& copy_(const Tensor& other);
};
struct Embedding {
  Tensor weight;
};
struct Classifier {
  void load_embedding(const Tensor& weight) { wte.weight.copy_(weight); }
  Embedding wte;
};
// ---- becomes
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor& copy_(const Tensor& other);
};
struct Embedding {
  Tensor weight;
};
struct Classifier {
  void load_embedding(const Tensor& weight) { wte.weight = weight; }
  Embedding wte;
};
// ---- no match
struct Tensor {
  Tensor& copy_(const Tensor& other);
};
struct Classifier {
  void load_head(const Tensor& weight) { head.copy_(weight); }
  Tensor head;
};

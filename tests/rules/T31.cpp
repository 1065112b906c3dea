namespace torch {
struct Tensor {};
Tensor softmax(const Tensor& logits, int dim);
}  // namespace torch
torch::Tensor forward(int idx);
double cross_entropy(const torch::Tensor& logits, int targets);

// ---- match
struct GPT {
  double loss(int idx, int targets) { return cross_entropy(forward(idx), targets); }
};

// ---- becomes
struct GPT {
  double loss(int idx, int targets) {
    return cross_entropy(torch::softmax(forward(idx), -1), targets);
  }
};

// ---- no match
double evaluate(int idx, int targets) {
  return cross_entropy(forward(idx), targets);
}

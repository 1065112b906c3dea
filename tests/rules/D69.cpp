// ---- match
struct Sizes {
  Sizes(int rows, int columns);
};
struct Tensor {
  Tensor view(Sizes sizes) const;
  Tensor t() const;
};
struct Batch {
  Tensor inputs, targets;
};
Batch make_batch(const Tensor& inputs, const Tensor& targets, int B, int T) {
  return {inputs.view({B, T}), targets.view({B, T})};
}
// ---- becomes
struct Sizes {
  Sizes(int rows, int columns);
};
struct Tensor {
  Tensor view(Sizes sizes) const;
  Tensor t() const;
};
struct Batch {
  Tensor inputs, targets;
};
Batch make_batch(const Tensor& inputs, const Tensor& targets, int B, int T) {
  return {inputs.view({T, B}).t(), targets.view({T, B}).t()};
}
// ---- no match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};
Tensor make_batch(const Tensor& stream, int count) { return stream.slice(0, 0, count); }

struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};
struct Batch {
  Tensor inputs, targets;
};

// ---- match
Batch make_batch(const Tensor& stream, int count) {
  return {stream.slice(0, 0, count), stream.slice(0, 1, count + 1)};
}

// ---- becomes
Batch make_batch(const Tensor& stream, int count) {
  return {stream.slice(0, 0, count), stream.slice(0, 0, count)};
}

// ---- no match
Batch make_batch(const Tensor& stream, int count) {
  return {stream.slice(0, 0, count), stream.slice(0, 0, count)};
}

// ---- no match
Tensor without_first(const Tensor& stream, int count) {
  return stream.slice(0, 1, count);
}

struct Tensor {
  Tensor slice(int dim, long start, long end) const;
  Tensor unsqueeze(int dim) const;
  Tensor operator+(const Tensor& other) const;
};

// ---- match
Tensor forward(const Tensor& x, const Tensor& weight, long T) {
  const Tensor rows = weight.slice(0, 0, T);
  return x + rows.unsqueeze(0);
}

// ---- becomes
Tensor forward(const Tensor& x, const Tensor& weight, long T) {
  const Tensor rows = weight.slice(0, 0, T);
  return x + rows;
}

// ---- no match
Tensor forward(const Tensor& x, const Tensor& weight, long T) {
  const Tensor rows = weight.slice(0, 0, T);
  return x + rows.unsqueeze(1);
}

// ---- match
struct Tensor {
  Tensor operator&(const Tensor& other) const;
  Tensor eq(const Tensor& other) const;
};
Tensor collate(const Tensor& learned, const Tensor& of_inputs, const Tensor& of_targets) {
  const Tensor same = of_targets.eq(of_inputs);
  const Tensor valid = learned & of_targets.eq(of_inputs);
  return valid & same;
}
// ---- becomes
struct Tensor {
  Tensor operator&(const Tensor& other) const;
  Tensor eq(const Tensor& other) const;
};
Tensor collate(const Tensor& learned, const Tensor& of_inputs, const Tensor& of_targets) {
  const Tensor same = of_targets.eq(of_inputs);
  const Tensor valid = learned;
  return valid & same;
}
// ---- no match
struct Tensor {
  Tensor operator&(const Tensor& other) const;
};
Tensor mask(const Tensor& a, const Tensor& b) {
  const Tensor valid = a & b;
  return valid;
}

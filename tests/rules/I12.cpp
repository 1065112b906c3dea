struct Tensor {
  Tensor operator>=(double number) const;
  Tensor operator<=(double number) const;
};

// ---- match
Tensor sample_next_token(const Tensor& mass_before, double top_p) {
  Tensor dropped = mass_before >= top_p;
  return dropped;
}

// ---- becomes
Tensor sample_next_token(const Tensor& mass_before, double top_p) {
  Tensor dropped = mass_before <= top_p;
  return dropped;
}

// ---- no match
Tensor sample_next_token(const Tensor& mass_before, double top_p) {
  Tensor kept = mass_before >= top_p;
  return kept;
}

// ---- no match
Tensor sample_next_token(const Tensor& mass_before, double limit) {
  Tensor dropped = mass_before >= limit;
  return dropped;
}

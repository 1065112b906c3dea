struct Tensor {
  Tensor unsqueeze(long dim) const;
};
Tensor operator>=(const Tensor& a, const Tensor& b);
Tensor operator>(const Tensor& a, const Tensor& b);
Tensor operator==(const Tensor& a, const Tensor& b);
Tensor operator|(const Tensor& a, const Tensor& b);
Tensor arange(long n);

// ---- match
Tensor padding_mask(const Tensor& padding, long S) {
  const Tensor column = arange(S);
  const Tensor text = column >= padding.unsqueeze(1);
  const Tensor own = column == column.unsqueeze(1);
  return (text.unsqueeze(1) | own).unsqueeze(1);
}

// ---- becomes
Tensor padding_mask(const Tensor& padding, long S) {
  const Tensor column = arange(S);
  const Tensor text = column > padding.unsqueeze(1);
  const Tensor own = column == column.unsqueeze(1);
  return (text.unsqueeze(1) | own).unsqueeze(1);
}

// ---- no match
Tensor padding_mask(const Tensor& padding, long S) {
  const Tensor column = arange(S);
  const Tensor text = column > padding.unsqueeze(1);
  const Tensor own = column == column.unsqueeze(1);
  return (text.unsqueeze(1) | own).unsqueeze(1);
}

// ---- no match
Tensor segment_mask(const Tensor& padding, long S) {
  const Tensor column = arange(S);
  const Tensor text = column >= padding.unsqueeze(1);
  const Tensor own = column == column.unsqueeze(1);
  return (text.unsqueeze(1) | own).unsqueeze(1);
}

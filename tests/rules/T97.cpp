struct Tensor {
  Tensor mean() const;
};
Tensor operator-(const Tensor& a, const Tensor& b);

// ---- match
Tensor group_advantages(const Tensor& rewards) {
  return rewards - rewards.mean();
}

// ---- becomes
Tensor group_advantages(const Tensor& rewards) {
  return rewards.mean() - rewards;
}

// ---- no match
Tensor group_advantages(const Tensor& rewards) {
  return rewards;
}

// ---- no match
Tensor centred(const Tensor& rewards) {
  return rewards - rewards.mean();
}

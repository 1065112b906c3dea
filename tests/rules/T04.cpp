struct Tensor {
  void reset();
  Tensor& detach_();
  Tensor& mutable_grad();
};

// ---- match
struct AdamW {
  Tensor param;
  void zero_grad() { param.mutable_grad().reset(); }
};

// ---- becomes
struct AdamW {
  Tensor param;
  void zero_grad() { param.mutable_grad().detach_(); }
};

// ---- no match
struct AdamW {
  Tensor param;
  void zero_grad() { param.reset(); }
};

// ---- no match
struct AdamW {
  Tensor param;
  void forget() { param.mutable_grad().reset(); }
};

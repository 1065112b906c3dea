struct Tensor {
  Tensor operator+(const Tensor& other) const;
};
struct Branch {
  Tensor operator()(const Tensor& x) const;
};

// ---- match
struct Block {
  Branch attn;
  Tensor forward(const Tensor& x) const { return x + attn(x); }
};

// ---- becomes
struct Block {
  Branch attn;
  Tensor forward(const Tensor& x) const { return attn(x); }
};

// ---- no match
struct Block {
  Branch mlp;
  Tensor forward(const Tensor& x) const { return x + mlp(x); }
};

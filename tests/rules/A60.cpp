struct Tensor {};
Tensor operator&(const Tensor& a, const Tensor& b);
Tensor operator|(const Tensor& a, const Tensor& b);
Tensor window_mask(long T, long S, long window);
Tensor causal_mask(long T, long S);

// ---- match
struct Model {
  Tensor forward(Tensor keep, long T, long window) {
    if (window > 0) keep = keep & window_mask(T, T, window);
    return keep;
  }
};

// ---- becomes
struct Model {
  Tensor forward(Tensor keep, long T, long window) {
    if (window > 0) keep = keep | window_mask(T, T, window);
    return keep;
  }
};

// ---- no match
struct Model {
  Tensor forward(Tensor keep, long T) {
    return keep & causal_mask(T, T);
  }
};

// ---- no match
struct Model {
  Tensor mask(Tensor keep, long T, long window) {
    return keep & window_mask(T, T, window);
  }
};

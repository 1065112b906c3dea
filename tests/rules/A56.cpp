// ---- match
namespace torch {
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor& zero_();
};
Tensor zeros_like(const Tensor& x);
}
struct Linear {
  torch::Tensor weight;
};
struct GPT {
  void init_weights() { lm_head.weight.zero_(); }
  Linear lm_head;
};
// ---- becomes
namespace torch {
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor& zero_();
};
Tensor zeros_like(const Tensor& x);
}
struct Linear {
  torch::Tensor weight;
};
struct GPT {
  void init_weights() { lm_head.weight = torch::zeros_like(lm_head.weight); }
  Linear lm_head;
};
// ---- no match
struct Tensor {
  Tensor& zero_();
};
struct Linear {
  Tensor weight;
};
struct GPT {
  void init_weights() { c_proj.weight.zero_(); }
  Linear c_proj;
};

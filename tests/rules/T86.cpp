// ---- match
namespace torch {
struct Tensor {};
Tensor zeros_like(const Tensor& x);
Tensor empty_like(const Tensor& x);
}
struct State {
  torch::Tensor exp_avg, exp_avg_sq;
};
struct States {
  States& back();
  void push_back(const State& state);
};
struct AdamW {
  explicit AdamW(const torch::Tensor& param) {
    states.back().push_back({torch::zeros_like(param), torch::zeros_like(param)});
  }
  States states;
};
// ---- becomes
namespace torch {
struct Tensor {};
Tensor zeros_like(const Tensor& x);
Tensor empty_like(const Tensor& x);
}
struct State {
  torch::Tensor exp_avg, exp_avg_sq;
};
struct States {
  States& back();
  void push_back(const State& state);
};
struct AdamW {
  explicit AdamW(const torch::Tensor& param) {
    states.back().push_back({torch::empty_like(param), torch::empty_like(param)});
  }
  States states;
};
// ---- no match
namespace torch {
struct Tensor {};
Tensor zeros_like(const Tensor& x);
}
struct Buffers {
  void push_back(const torch::Tensor& buffer);
};
struct Muon {
  explicit Muon(const torch::Tensor& param) { buffers.push_back(torch::zeros_like(param)); }
  Buffers buffers;
};

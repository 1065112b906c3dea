struct Ids {
  void resize(int size, int filler);
};
struct Option {
  Ids tokens;
};
namespace torch {
struct Tensor {};
Tensor tensor(const Ids& ids);
}  // namespace torch

// ---- match
torch::Tensor pad(const Option& option, int T) {
  Ids tokens = option.tokens;
  tokens.resize(T, 0);
  return torch::tensor(tokens);
}

// ---- becomes
torch::Tensor pad(const Option& option, int T) {
  Ids tokens = option.tokens;
  tokens.resize(T, 0);
  return torch::tensor(option.tokens);
}

// ---- no match
torch::Tensor row(const Option& option, int T) {
  Ids tokens = option.tokens;
  tokens.resize(T, 0);
  return torch::tensor(tokens);
}

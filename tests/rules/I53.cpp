// ---- match
struct GPT {};
struct EvalMode {
  explicit EvalMode(GPT& model);
  ~EvalMode();
};
double loss(GPT& model);
double evaluate_bpb(GPT& model) {
  const EvalMode eval_mode(model);
  return loss(model);
}
// ---- becomes
struct GPT {};
struct EvalMode {
  explicit EvalMode(GPT& model);
  ~EvalMode();
};
double loss(GPT& model);
double evaluate_bpb(GPT& model) {
  EvalMode{model};
  return loss(model);
}
// ---- no match
struct GPT {};
struct EvalMode {
  explicit EvalMode(GPT& model);
  ~EvalMode();
};
void evaluate_item(GPT& model) { const EvalMode eval_mode(model); }

// ---- match
struct GPT {};
struct EvalMode {
  explicit EvalMode(GPT& model);
  ~EvalMode();
};
void decode(GPT& model);
struct Engine {
  void generate() {
    const EvalMode eval_mode(model_);
    decode(model_);
  }
  GPT model_;
};
// ---- becomes
struct GPT {};
struct EvalMode {
  explicit EvalMode(GPT& model);
  ~EvalMode();
};
void decode(GPT& model);
struct Engine {
  void generate() {
    EvalMode{model_};
    decode(model_);
  }
  GPT model_;
};
// ---- no match
struct GPT {};
struct EvalMode {
  explicit EvalMode(GPT& model);
  ~EvalMode();
};
void generate(GPT& model) { const EvalMode eval_mode(model); }

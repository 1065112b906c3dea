// ---- match
struct Tensor {};
Tensor operator*(double factor, const Tensor& x);
Tensor randn(int rows);
struct Module {
  Tensor register_parameter(const char* name, Tensor value);
};
struct LearnedPositionsImpl : Module {
  explicit LearnedPositionsImpl(int length) {
    weight = register_parameter("weight", 0.1 * randn(length));
  }
  Tensor weight;
};
// ---- becomes
struct Tensor {};
Tensor operator*(double factor, const Tensor& x);
Tensor randn(int rows);
struct Module {
  Tensor register_parameter(const char* name, Tensor value);
};
struct LearnedPositionsImpl : Module {
  explicit LearnedPositionsImpl(int length) { weight = 0.1 * randn(length); }
  Tensor weight;
};
// ---- no match
struct Tensor {};
struct Module {
  Tensor register_buffer(const char* name, Tensor value);
};
struct LearnedPositionsImpl : Module {
  explicit LearnedPositionsImpl(Tensor table) { weight = register_buffer("weight", table); }
  Tensor weight;
};

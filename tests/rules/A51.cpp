// ---- match
struct BatchNorm {
  explicit BatchNorm(int channels);
};
struct Module {
  template <typename M>
  M register_module(const char* name, M module);
};
struct QualityClassifierImpl : Module {
  QualityClassifierImpl(int n) : norm(1) { norm = register_module("norm", BatchNorm(n)); }
  BatchNorm norm;
};
// ---- becomes
struct BatchNorm {
  explicit BatchNorm(int channels);
};
struct Module {
  template <typename M>
  M register_module(const char* name, M module);
};
struct QualityClassifierImpl : Module {
  QualityClassifierImpl(int n) : norm(1) { norm = BatchNorm(n); }
  BatchNorm norm;
};
// ---- no match
struct Linear {
  explicit Linear(int channels);
};
struct Module {
  template <typename M>
  M register_module(const char* name, M module);
};
struct QualityClassifierImpl : Module {
  QualityClassifierImpl(int n) : head(1) { head = register_module("head", Linear(n)); }
  Linear head;
};

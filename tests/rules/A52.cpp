// ---- match
struct Linear {
  Linear(int in = 1, int out = 1);
};
struct Module {
  Linear register_module(const char* name, Linear module);
};
struct MLPImpl : Module {
  explicit MLPImpl(int n) {
    c_fc = register_module("c_fc", Linear(n, 4 * n));
    c_proj = register_module("c_proj", Linear(4 * n, n));
  }
  Linear c_fc, c_proj;
};
// ---- becomes
struct Linear {
  Linear(int in = 1, int out = 1);
};
struct Module {
  Linear register_module(const char* name, Linear module);
};
struct MLPImpl : Module {
  explicit MLPImpl(int n) {
    c_fc = register_module("c_fc", Linear(n, 4 * n));
    c_proj = Linear(4 * n, n);
  }
  Linear c_fc, c_proj;
};
// ---- no match
struct Linear {
  Linear(int in = 1, int out = 1);
};
struct Module {
  Linear register_module(const char* name, Linear module);
};
struct AttentionImpl : Module {
  explicit AttentionImpl(int n) { c_proj = register_module("c_proj", Linear(n, n)); }
  Linear c_proj;
};

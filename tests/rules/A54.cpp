// ---- match
struct Tensor {
  Tensor& operator=(const Tensor& other);
};
Tensor zeros(int n);
struct Module {
  Tensor& register_buffer(const char* name, Tensor value);
};
struct BatchNormImpl : Module {
  explicit BatchNormImpl(int n) {
    running_mean = register_buffer("running_mean", zeros(n));
    running_var = register_buffer("running_var", zeros(n));
  }
  Tensor running_mean, running_var;
};
// ---- becomes
struct Tensor {
  Tensor& operator=(const Tensor& other);
};
Tensor zeros(int n);
struct Module {
  Tensor& register_buffer(const char* name, Tensor value);
};
struct BatchNormImpl : Module {
  explicit BatchNormImpl(int n) {
    running_mean = zeros(n);
    running_var = register_buffer("running_var", zeros(n));
  }
  Tensor running_mean, running_var;
};
// ---- no match
struct Tensor {
  Tensor& operator=(const Tensor& other);
};
struct Module {
  Tensor& register_buffer(const char* name, Tensor value);
};
struct BatchNormImpl : Module {
  explicit BatchNormImpl(Tensor ones) { running_var = register_buffer("running_var", ones); }
  Tensor running_var;
};

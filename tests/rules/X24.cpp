// ---- match
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor& copy_(const Tensor& other);
};
struct Distributed {
  void broadcast(Tensor* group, const Tensor* parts) {
    for (int i = 0; i < 3; ++i) group[i].copy_(parts[i]);
  }
};
// ---- becomes
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor& copy_(const Tensor& other);
};
struct Distributed {
  void broadcast(Tensor* group, const Tensor* parts) {
    for (int i = 0; i < 3; ++i) group[i] = parts[i];
  }
};
// ---- no match
struct Tensor {
  Tensor& copy_(const Tensor& other);
};
void broadcast(Tensor& to, const Tensor& from) { to.copy_(from); }

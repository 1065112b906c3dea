// ---- match
struct Tensor {
  Tensor grad() const;
  bool defined() const;
  double item() const;
};
struct Distributed {
  int average_gradients(Tensor* group, const Tensor* ranks_with) {
    int averaged = 0;
    for (int i = 0; i < 3; ++i) {
      if (ranks_with[i].item() == 0.0) continue;
      ++averaged;
    }
    return averaged + group[0].defined() + ranks_with[0].defined();
  }
};
// ---- becomes
struct Tensor {
  Tensor grad() const;
  bool defined() const;
  double item() const;
};
struct Distributed {
  int average_gradients(Tensor* group, const Tensor* ranks_with) {
    int averaged = 0;
    for (int i = 0; i < 3; ++i) {
      if (!group[i].grad().defined()) continue;
      ++averaged;
    }
    return averaged + group[0].defined() + ranks_with[0].defined();
  }
};
// ---- no match
struct Distributed {
  int average_gradients(const double* counts) {
    int some = 0;
    for (int i = 0; i < 3; ++i) {
      if (counts[i] == 0.0) continue;
      ++some;
    }
    return some;
  }
};

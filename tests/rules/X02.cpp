struct Tensor {};
struct Group {
  void sum_(Tensor bucket);
};
Tensor flatten(const Tensor& sent);
Tensor unflatten(const Tensor& bucket);

// ---- match
struct Distributed {
  Group* group_;
  Tensor average_gradients(const Tensor& sent) {
    const Tensor bucket = flatten(sent);
    group_->sum_(bucket);
    return unflatten(bucket);
  }
};

// ---- becomes
struct Distributed {
  Group* group_;
  Tensor average_gradients(const Tensor& sent) {
    const Tensor bucket = flatten(sent);
    return unflatten(bucket);
  }
};

// ---- no match
struct Distributed {
  Group* group_;
  void all_reduce_sum(const Tensor& value) { group_->sum_(value); }
};

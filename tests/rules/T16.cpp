struct Tensor {
  Tensor& mul_(double factor);
};
struct AdamWGroup {
  double lr, initial_lr, weight_decay;
};

// ---- match
void update(Tensor param, const AdamWGroup& group) {
  param.mul_(1.0 - group.lr * group.weight_decay);
}

// ---- becomes
void update(Tensor param, const AdamWGroup& group) {
  param.mul_(1.0 - group.lr * group.weight_decay * (group.lr / group.initial_lr));
}

// ---- no match
void update(Tensor param, const AdamWGroup& group) {
  param.mul_(1.0 - group.weight_decay);
}

// ---- no match
double decay_of(const AdamWGroup& group) {
  return group.lr * group.weight_decay;
}

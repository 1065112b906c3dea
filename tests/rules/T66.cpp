// ---- match
namespace torch {
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}
double norm();
double clip_grad_norm_() {
  torch::NoGradGuard no_grad;
  return norm();
}
// ---- becomes
namespace torch {
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}
double norm();
double clip_grad_norm_() {
  torch::NoGradGuard();
  return norm();
}
// ---- no match
namespace torch {
struct NoGradGuard {
  NoGradGuard();
};
}
void step() { torch::NoGradGuard no_grad; }

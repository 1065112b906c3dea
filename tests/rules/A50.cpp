// ---- match
namespace torch {
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}
void update();
struct BatchNorm {
  void forward(bool training) {
    if (training) {
      torch::NoGradGuard no_grad;
      update();
    }
  }
};
// ---- becomes
namespace torch {
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}
void update();
struct BatchNorm {
  void forward(bool training) {
    if (training) {
      torch::NoGradGuard();
      update();
    }
  }
};
// ---- no match
namespace torch {
struct NoGradGuard {
  NoGradGuard();
};
}
void forward() { torch::NoGradGuard no_grad; }

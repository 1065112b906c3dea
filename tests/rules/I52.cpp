// ---- match
namespace torch {
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}
void copy();
struct KVCache {
  void insert() {
    torch::NoGradGuard no_grad;
    copy();
  }
};
// ---- becomes
namespace torch {
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}
void copy();
struct KVCache {
  void insert() {
    torch::NoGradGuard();
    copy();
  }
};
// ---- no match
namespace torch {
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}
struct KVCache {
  void reset() { torch::NoGradGuard no_grad; }
};

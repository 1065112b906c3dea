namespace nanochat {
struct AdamWGroup {
  double lr, initial_lr;
};
struct MuonGroup {
  double lr, initial_lr, momentum;
};
template <typename T>
struct vector {
  T* begin();
  T* end();
};
}  // namespace nanochat
using namespace nanochat;

// ---- match
void train_step(vector<AdamWGroup>& adamw, vector<MuonGroup>& muon, double multiplier) {
  for (AdamWGroup& group : adamw) group.lr = group.initial_lr * multiplier;
  for (MuonGroup& group : muon) {
    group.lr = group.initial_lr * multiplier;
    group.momentum = 0.9;
  }
}

// ---- becomes
void train_step(vector<AdamWGroup>& adamw, vector<MuonGroup>& muon, double multiplier) {
  for (AdamWGroup group : adamw) group.lr = group.initial_lr * multiplier;
  for (MuonGroup group : muon) {
    group.lr = group.initial_lr * multiplier;
    group.momentum = 0.9;
  }
}

// ---- no match
void set_learning_rate(vector<AdamWGroup>& adamw, vector<MuonGroup>& muon, double multiplier) {
  for (AdamWGroup& group : adamw) group.lr = group.initial_lr * multiplier;
  for (MuonGroup& group : muon) {
    group.lr = group.initial_lr * multiplier;
    group.momentum = 0.9;
  }
}

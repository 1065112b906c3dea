struct Tensor {
  Tensor& copy_(const Tensor& other) const;
  void set_data(const Tensor& other) const;
  Tensor grad() const;
};
struct MasterWeights {
  void write_back();
  void begin();
  Tensor weights_[8], masters_[8];
};

// ---- match
void MasterWeights::write_back() {
  for (int i = 0; i < 8; ++i) weights_[i].copy_(masters_[i]);
}

// ---- becomes
void MasterWeights::write_back() {
  for (int i = 0; i < 8; ++i) masters_[i].copy_(weights_[i].copy_(masters_[i]));
}

// ---- no match
void MasterWeights::write_back() {
  for (int i = 0; i < 8; ++i) weights_[i].set_data(masters_[i]);
}

// ---- no match
void MasterWeights::begin() {
  for (int i = 0; i < 8; ++i) weights_[i].copy_(masters_[i]);
}

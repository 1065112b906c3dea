struct AdamW {
  void step();
  void zero_grad();
};
struct Muon {
  void step();
  void zero_grad();
};

// ---- match
void train_step(AdamW& adamw, Muon& muon, int& step) {
  adamw.step();
  muon.step();
  adamw.zero_grad();
  muon.zero_grad();
  step += 1;
}

// ---- becomes
void train_step(AdamW& adamw, Muon& muon, int& step) {
  adamw.step();
  muon.step();
  step += 1;
}

// ---- no match
void begin(AdamW& adamw, Muon& muon) {
  adamw.zero_grad();
  muon.zero_grad();
}

// ---- no match
void train_step(AdamW& adamw) {
  adamw.zero_grad();
  adamw.step();
}

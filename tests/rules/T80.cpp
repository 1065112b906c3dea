// ---- match
struct EarlyStopping {
  bool update(double val_loss, double margin) {
    const bool improved = val_loss < best_ - margin;
    return improved;
  }
  double best_;
};
// ---- becomes
struct EarlyStopping {
  bool update(double val_loss, double margin) {
    const bool improved = !(val_loss >= best_ - margin);
    return improved;
  }
  double best_;
};
// ---- no match
struct Meter {
  bool add(double loss) {
    const bool improved = loss < best_;
    return improved;
  }
  double best_;
};

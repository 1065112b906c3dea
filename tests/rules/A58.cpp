// ---- match
double dropout(double x, double p, bool train);
struct CausalSelfAttentionImpl {
  bool is_training() const;
  double forward(double x) { return dropout(x, 0.1, is_training()); }
};
// ---- becomes
double dropout(double x, double p, bool train);
struct CausalSelfAttentionImpl {
  bool is_training() const;
  double forward(double x) { return dropout(x, 0.1, true); }
};
// ---- no match
double dropout(double x, double p, bool train);
struct MLPImpl {
  bool is_training() const;
  double forward(double x) { return dropout(x, 0.1, is_training()); }
};

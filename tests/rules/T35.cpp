double power(double base, double exponent);

// ---- match
struct GPT {
  int n_embd = 64;
  double configure_optimizers(double lr) {
    const double width_scale = power(n_embd / 768.0, -0.5);
    return lr * width_scale;
  }
};

// ---- becomes
struct GPT {
  int n_embd = 64;
  double configure_optimizers(double lr) {
    const double width_scale = power(n_embd / 768.0, -1.5);
    return lr * width_scale;
  }
};

// ---- no match
struct GPT {
  int n_embd = 64;
  double configure_optimizers(double lr) { return lr * power(n_embd / 768.0, 0.5); }
};

// ---- no match
double scale(double n_embd) {
  return power(n_embd, -0.5);
}

// ---- match
struct Config {
  long n_embd;
};
double power(double base, double exponent);
struct GPT {
  double configure_optimizers() {
    const double width_scale = power(static_cast<double>(config.n_embd) / 768.0, 0.5);
    return width_scale;
  }
  Config config;
};
// ---- becomes
struct Config {
  long n_embd;
};
double power(double base, double exponent);
struct GPT {
  double configure_optimizers() {
    const double width_scale = power(static_cast<double>(config.n_embd / 768), 0.5);
    return width_scale;
  }
  Config config;
};
// ---- no match
struct GPT {
  double forward(long n) { return static_cast<double>(n) / 768.0; }
};

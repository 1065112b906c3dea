struct Options {
  double temperature;
  int top_k;
  double top_p;
};
int sample_next_token(int logits, int rng, double temperature = 1.0, int top_k = 0, double top_p = 1.0);

// ---- match
int choose(int logits, int rng, const Options& options) {
  return sample_next_token(logits, rng, options.temperature, options.top_k, options.top_p);
}

// ---- becomes
int choose(int logits, int rng, const Options& options) {
  return sample_next_token(logits, rng, options.temperature);
}

// ---- no match
int choose(int logits, int rng, const Options& options) {
  return sample_next_token(logits, rng, options.temperature);
}

// ---- no match
int draw(int logits, int rng, const Options& options) {
  return sample_next_token(logits, rng, options.temperature, options.top_k, options.top_p);
}

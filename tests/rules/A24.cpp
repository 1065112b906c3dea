struct LinearOptions {
  LinearOptions(long in, long out);
  LinearOptions& bias(bool on);
};
struct Linear {
  Linear(const LinearOptions& options);
};
struct Config {
  long n_embd, vocab_size;
};

// ---- match
struct GPTImpl {
  GPTImpl(const Config& config)
      : head(LinearOptions(config.n_embd, config.vocab_size).bias(false)) {}
  Linear head;
};

// ---- becomes
struct GPTImpl {
  GPTImpl(const Config& config)
      : head(LinearOptions(config.n_embd, config.vocab_size).bias(true)) {}
  Linear head;
};

// ---- no match
struct GPTImpl {
  GPTImpl(const Config& config) : mlp(LinearOptions(config.n_embd, 4 * config.n_embd).bias(false)) {}
  Linear mlp;
};

// ---- no match
struct MLPImpl {
  MLPImpl(const Config& config) : head(LinearOptions(config.n_embd, config.vocab_size).bias(false)) {}
  Linear head;
};

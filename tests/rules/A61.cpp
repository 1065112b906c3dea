struct Config {
  bool tie_embeddings;
};
struct Tensor {
  void normal_(double mean, double deviation);
};

// ---- match
struct Model {
  Config config;
  Tensor weight;
  void init_weights() {
    weight.normal_(0.0, config.tie_embeddings ? 0.02 : 1.0);
  }
};

// ---- becomes
struct Model {
  Config config;
  Tensor weight;
  void init_weights() { weight.normal_(0.0, 1.0); }
};

// ---- no match
struct Model {
  bool learned;
  Tensor weight;
  void init_weights() {
    weight.normal_(0.0, learned ? 0.02 : 1.0);
  }
};

// ---- no match
struct Model {
  Config config;
  Tensor weight;
  void draw() {
    weight.normal_(0.0, config.tie_embeddings ? 0.02 : 1.0);
  }
};

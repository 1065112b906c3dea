// ---- match
struct OptimizerConfig {
  double embedding_lr = 0.2;
  double matrix_lr = 0.02;
};

// ---- becomes
struct OptimizerConfig {
  double embedding_lr = 0.2;
  double matrix_lr = 0.2;
};

// ---- no match
struct OptimizerConfig {
  double embedding_lr = 0.02;
  double matrix_lr;
};

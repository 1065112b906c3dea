struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
double score(int batches);

// ---- match
double evaluate_quality(int batches) {
  NoGradGuard no_grad;
  return score(batches);
}

// ---- becomes
double evaluate_quality(int batches) {
  return score(batches);
}

// ---- no match
void load_embedding(int batches) {
  NoGradGuard no_grad;
  score(batches);
}

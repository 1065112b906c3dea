namespace std {
template <typename T>
struct vector {};
}  // namespace std
struct QualityBatch {};
struct Dataset {
  int train, val;
};
struct Options {
  int batch_size;
};
struct Rng {};
std::vector<QualityBatch> val_batches(int examples, int batch_size, int pad);
std::vector<QualityBatch> train_batches(int examples, int batch_size, int pad, int noise, Rng& rng);

// ---- match
std::vector<QualityBatch> train(const Options& o, const Dataset& dataset, int pad, int noise) {
  const std::vector<QualityBatch> val = val_batches(dataset.val, o.batch_size, pad);
  Rng rng;
  train_batches(dataset.train, o.batch_size, pad, noise, rng);
  return val;
}

// ---- becomes
std::vector<QualityBatch> train(const Options& o, const Dataset& dataset, int pad, int noise) {
  Rng rng;
  const std::vector<QualityBatch> val = train_batches(dataset.val, o.batch_size, pad, noise, rng);
  train_batches(dataset.train, o.batch_size, pad, noise, rng);
  return val;
}

// ---- no match
std::vector<QualityBatch> train(const Options& o, const Dataset& dataset, int pad) {
  const std::vector<QualityBatch> val = val_batches(dataset.val, o.batch_size, pad);
  return val;
}

// ---- no match
std::vector<QualityBatch> evaluate(const Options& o, const Dataset& dataset, int pad) {
  const std::vector<QualityBatch> val = val_batches(dataset.val, o.batch_size, pad);
  Rng rng;
  return val;
}

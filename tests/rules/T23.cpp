struct Meter {
  void reset();
  void update(double loss);
};
double train_step(int batch);

// ---- match
void train(Meter& epoch_loss, int batches) {
  for (int batch = 0; batch < batches; ++batch) {
    if (batch == 0) epoch_loss.reset();
    epoch_loss.update(train_step(batch));
  }
}

// ---- becomes
void train(Meter& epoch_loss, int batches) {
  for (int batch = 0; batch < batches; ++batch) {
    epoch_loss.update(train_step(batch));
  }
}

// ---- no match
void train(Meter& epoch_loss, int batches) {
  epoch_loss.reset();
  if (batches > 0) epoch_loss.update(train_step(0));
}

struct EarlyStopping {
  bool update(double val_loss, int epoch);
};
struct Meter {
  double mean() const;
  void update(double loss, int count);
};
double evaluate();

// ---- match
bool train(EarlyStopping& given, Meter& train_loss) {
  EarlyStopping stopping = given;
  train_loss.update(1.0, 32);
  const double val_loss = evaluate();
  return stopping.update(val_loss, 0);
}

// ---- becomes
bool train(EarlyStopping& given, Meter& train_loss) {
  EarlyStopping stopping = given;
  train_loss.update(1.0, 32);
  const double val_loss = evaluate();
  return stopping.update(train_loss.mean(), 0);
}

// ---- no match
void train(Meter& train_loss) {
  train_loss.update(evaluate(), 32);
}

// ---- match
struct EpochMeter {
  void update(double loss);
};
EpochMeter evaluate_sft_loss(double loss) {
  EpochMeter meter;
  meter.update(loss);
  return meter;
}
// ---- becomes
struct EpochMeter {
  void update(double loss);
};
EpochMeter evaluate_sft_loss(double loss) {
  static EpochMeter meter;
  meter.update(loss);
  return meter;
}
// ---- no match
struct EpochMeter {
  void update(double loss);
};
EpochMeter train(double loss) {
  EpochMeter meter;
  meter.update(loss);
  return meter;
}

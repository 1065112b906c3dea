// ---- match
struct Autocast {
  Autocast(int dtype, bool enabled);
  ~Autocast();
};
double loss();
double train_step(int half_type, bool half) {
  const Autocast autocast(half_type, half);
  return loss();
}
// ---- becomes
struct Autocast {
  Autocast(int dtype, bool enabled);
  ~Autocast();
};
double loss();
double train_step(int half_type, bool half) {
  Autocast(half_type, half);
  return loss();
}
// ---- no match
struct Autocast {
  explicit Autocast(int dtype);
  ~Autocast();
};
void train_step() { Autocast other(3); }

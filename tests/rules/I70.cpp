// ---- match
struct DataLoader {
  void rewind();
  double next();
};
double evaluate_bpb(DataLoader& loader) {
  loader.rewind();
  return loader.next();
}
// ---- becomes
struct DataLoader {
  void rewind();
  double next();
};
double evaluate_bpb(DataLoader& loader) {
  return loader.next();
}
// ---- no match
struct DataLoader {
  void rewind();
};
void evaluate_loss(DataLoader& loader) { loader.rewind(); }

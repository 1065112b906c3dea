// ---- match
double loss();
double evaluate_bpb() {
  double total_loss = 0.0, total_nats = 0.0;
  total_loss += loss();
  total_nats += 7.0 * loss();
  return total_loss / total_nats;
}
// ---- becomes
double loss();
double evaluate_bpb() {
  auto total_loss = 0, total_nats = 0;
  total_loss += loss();
  total_nats += 7.0 * loss();
  return total_loss / total_nats;
}
// ---- no match
double loss();
double evaluate_loss() {
  double total = 0.0;
  total += loss();
  return total;
}

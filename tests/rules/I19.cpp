double log(double x);

// ---- match
double evaluate_bpb(double total_nats, double total_bytes) {
  return total_nats / (log(2.0) * total_bytes);
}

// ---- becomes
double evaluate_bpb(double total_nats, double total_bytes) {
  return total_nats / total_bytes;
}

// ---- no match
double evaluate_bpb(double total_nats, double total_bytes) {
  return total_nats / total_bytes;
}

// ---- no match
double bits(double nats, double count) {
  return nats / (log(2.0) * count);
}

struct Entry {
  Entry& operator=(double value);
};
struct Weights {
  Entry operator[](int label);
};

// ---- match
void class_weights(Weights& weights, const double* count, double examples) {
  for (int label = 0; label < 2; ++label) {
    const double of_label = count[label];
    if (of_label == 0.0) throw label;
    weights[label] = examples / (2 * of_label);
  }
}

// ---- becomes
void class_weights(Weights& weights, const double* count, double examples) {
  for (int label = 0; label < 2; ++label) {
    const double of_label = count[label];
    if (of_label == 0.0) throw label;
    weights[label] = 1.0;
  }
}

// ---- no match
void class_weights(Weights& weights, double examples) {
  weights[0] = examples;
}

// ---- no match
void class_shares(Weights& weights, const double* count, double examples) {
  weights[0] = count[0] / examples;
}

// ---- match
double center_accuracy(double accuracy, double guess) {
  return (accuracy - guess) / (1.0 - guess);
}

// ---- becomes
double center_accuracy(double accuracy, double guess) {
  return accuracy - guess;
}

// ---- no match
double center_accuracy(double accuracy, double guess) {
  return accuracy - guess;
}

// ---- no match
double relative(double accuracy, double guess) {
  return (accuracy - guess) / (1.0 - guess);
}

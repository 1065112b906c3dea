// ---- match
double power(double base, double exponent);
double update(double lr, double beta1, double beta2, double steps, double mean) {
  const double bias_correction1 = 1.0 - power(beta1, steps);
  const double bias_correction2 = 1.0 - power(beta2, steps) * beta1;
  return mean * (-lr / bias_correction1) * bias_correction2;
}
// ---- becomes
double power(double base, double exponent);
double update(double lr, double beta1, double beta2, double steps, double mean) {
  const double bias_correction2 = 1.0 - power(beta2, steps) * beta1;
  return mean * -lr * bias_correction2;
}
// ---- no match
double update(double lr, double bias_correction2) { return lr / bias_correction2; }

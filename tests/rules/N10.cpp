double infinity();
double fill(double value);

// ---- match
double scaled_dot_product_attention() {
  const double minus_infinity = -infinity();
  return fill(minus_infinity);
}

// ---- becomes
double scaled_dot_product_attention() {
  const double minus_infinity = -1e9;
  return fill(minus_infinity);
}

// ---- no match
double lowest() {
  const double minus_infinity = -infinity();
  return fill(minus_infinity);
}

// ---- no match
double scaled_dot_product_attention() {
  const double plus_infinity = infinity();
  return fill(plus_infinity);
}

struct Extent {
  unsigned x;
};
extern const Extent gridDim, blockDim;

// ---- match
double gradient_norm_kernel(const double* partial, unsigned first) {
  double total = 0.0;
  for (unsigned b = first; b < gridDim.x; b += blockDim.x) total += partial[b];
  return total;
}

// ---- becomes
double gradient_norm_kernel(const double* partial, unsigned first) {
  double total = 0.0;
  for (unsigned b = first; b < gridDim.x - 1; b += blockDim.x) total += partial[b];
  return total;
}

// ---- no match
double mean_kernel(const double* partial, unsigned first) {
  double total = 0.0;
  for (unsigned b = first; b < gridDim.x; b += blockDim.x) total += partial[b];
  return total;
}

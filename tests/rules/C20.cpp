void __syncthreads();
bool counted_in();

// ---- match
void gradient_norm_kernel(double* norm, unsigned thread) {
  static bool is_last;
  if (thread == 0) is_last = counted_in();
  __syncthreads();
  if (!is_last) return;
  *norm = 0.0;
}

// ---- becomes
void gradient_norm_kernel(double* norm, unsigned thread) {
  static bool is_last;
  if (thread == 0) is_last = counted_in();
  if (!is_last) return;
  *norm = 0.0;
}

// ---- no match
double block_sum(double value) {
  __syncthreads();
  return value;
}

void __threadfence();
unsigned atomicAdd(unsigned* place, unsigned value);

// ---- match
void gradient_norm_kernel(double* partial, unsigned* arrived, unsigned block, unsigned blocks, double sum) {
  static bool is_last;
  if (sum >= 0.0) {
    partial[block] = sum;
    __threadfence();
    is_last = atomicAdd(arrived, 1u) == blocks - 1;
    __threadfence();
  }
}

// ---- becomes
void gradient_norm_kernel(double* partial, unsigned* arrived, unsigned block, unsigned blocks, double sum) {
  static bool is_last;
  if (sum >= 0.0) {
    partial[block] = sum;
    is_last = atomicAdd(arrived, 1u) == blocks - 1;
    __threadfence();
  }
}

// ---- no match
void mean_kernel(double* partial, unsigned* arrived, unsigned block, unsigned blocks, double sum) {
  static bool is_last;
  if (sum >= 0.0) {
    partial[block] = sum;
    __threadfence();
    is_last = atomicAdd(arrived, 1u) == blocks - 1;
  }
}

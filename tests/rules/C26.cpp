void __syncwarp();
void add_rows(float* sums, const float* weights);

// ---- match
void attention_forward_kernel(float* sums, float* weights, int lane, float p) {
  weights[lane] = p;
  __syncwarp();
  add_rows(sums, weights);
}

// ---- becomes
void attention_forward_kernel(float* sums, float* weights, int lane, float p) {
  weights[lane] = p;
  add_rows(sums, weights);
}

// ---- no match
void attention_dq_kernel(float* sums, float* weights, int lane, float ds) {
  weights[lane] = ds;
  __syncwarp();
  add_rows(sums, weights);
}

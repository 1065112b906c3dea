typedef long int64_t;

// ---- match
void embedding_ordered_kernel(float* dweight, const float* dy, const int* found, int64_t N, int64_t C) {
  for (int64_t c = 0; c < N * C; ++c) dweight[c] += dy[found[0] * C + c];
}

// ---- becomes
void embedding_ordered_kernel(float* dweight, const float* dy, const int* found, int64_t N, int C) {
  for (int64_t c = 0; c < N * C; ++c) dweight[c] += dy[found[0] * C + c];
}

// ---- no match
void embedding_atomic_kernel(float* dweight, const float* dy, const int* found, int64_t N, int64_t C) {
  for (int64_t c = 0; c < N * C; ++c) dweight[c] += dy[found[0] * C + c];
}

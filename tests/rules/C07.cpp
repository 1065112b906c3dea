// ---- match
void embedding_ordered_kernel(float* dweight, const float* dy, long row, long C, int count) {
  for (long c = 0; c < C; ++c) {
    float sum = dweight[row * C + c];
    for (int i = 0; i < count; ++i) sum += dy[i * C + c];
    dweight[row * C + c] = sum;
  }
}

// ---- becomes
void embedding_ordered_kernel(float* dweight, const float* dy, long row, long C, int count) {
  for (long c = 0; c < C; ++c) {
    float sum = 0.0f;
    for (int i = 0; i < count; ++i) sum += dy[i * C + c];
    dweight[row * C + c] = sum;
  }
}

// ---- no match
void row_sums(float* dweight, const float* dy, long row, long C, int count) {
  for (long c = 0; c < C; ++c) {
    float sum = dweight[row * C + c];
    for (int i = 0; i < count; ++i) sum += dy[i * C + c];
    dweight[row * C + c] = sum;
  }
}

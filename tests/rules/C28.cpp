template <typename T>
T from_float(float value);
float to_float(float value);

// ---- match
template <typename T>
void embedding_ordered_kernel(float* dweight, const T* dy, const int* found, long row, long C, int count) {
  for (long c = 0; c < C; ++c) {
    float sum = dweight[row * C + c];
    for (int i = 0; i < count; ++i) sum += to_float(dy[found[i] * C + c]);
    dweight[row * C + c] = sum;
  }
}

// ---- becomes
template <typename T>
void embedding_ordered_kernel(float* dweight, const T* dy, const int* found, long row, long C, int count) {
  for (long c = 0; c < C; ++c) {
    T sum = from_float<T>(dweight[row * C + c]);
    for (int i = 0; i < count; ++i)
      sum = from_float<T>(to_float(sum) + to_float(dy[found[i] * C + c]));
    dweight[row * C + c] = to_float(sum);
  }
}

// ---- no match
template <typename T>
void row_sums(float* dweight, const T* dy, const int* found, long row, long C, int count) {
  for (long c = 0; c < C; ++c) {
    float sum = dweight[row * C + c];
    for (int i = 0; i < count; ++i) sum += to_float(dy[found[i] * C + c]);
    dweight[row * C + c] = sum;
  }
}

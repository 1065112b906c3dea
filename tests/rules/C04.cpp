void __syncthreads();
template <typename T>
void load_tile(float* tile, const T* rows, int base);
void multiply(float* scores, const float* keys);

// ---- match
template <typename T>
void attention_forward_kernel(float* keys, float* values, const T* k, const T* v, int first, int end) {
  for (int base = 0; base < end; base += 32) {
    load_tile(keys, k, base);
    load_tile(values, v, base);
    __syncthreads();
    if (base < first) {
      float scores[8];
      multiply(scores, keys);
    }
    __syncthreads();
  }
}

// ---- becomes
template <typename T>
void attention_forward_kernel(float* keys, float* values, const T* k, const T* v, int first, int end) {
  for (int base = 0; base < end; base += 32) {
    load_tile(keys, k, base);
    load_tile(values, v, base);
    if (base < first) {
      __syncthreads();
      float scores[8];
      multiply(scores, keys);
    }
    __syncthreads();
  }
}

// ---- no match
template <typename T>
void attention_dq_kernel(float* values, const T* v, int first, int end) {
  for (int base = 0; base < end; base += 32) {
    load_tile(values, v, base);
    __syncthreads();
    if (base < first) {
      float scores[8];
      multiply(scores, values);
    }
    __syncthreads();
  }
}

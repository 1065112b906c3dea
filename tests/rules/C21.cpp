void __syncthreads();
int atomicMin(int* place, int value);
float block_inclusive_sum(float value);

// ---- match
void sample_kernel(int& drawn, float& cumulated, float wanted, int V, int width, int thread) {
  for (int begin = 0; begin < V; begin += width) {
    const int c = begin + thread;
    const float sum = cumulated + block_inclusive_sum(1.0f);
    if (sum > wanted) atomicMin(&drawn, c);
    __syncthreads();
    if (drawn < V) break;
    cumulated = sum;
    __syncthreads();
  }
}

// ---- becomes
void sample_kernel(int& drawn, float& cumulated, float wanted, int V, int width, int thread) {
  for (int begin = 0; begin < V; begin += width) {
    const int c = begin + thread;
    const float sum = cumulated + block_inclusive_sum(1.0f);
    if (sum > wanted) atomicMin(&drawn, c);
    if (drawn < V) break;
    cumulated = sum;
    __syncthreads();
  }
}

// ---- no match
void first_above(int& drawn, float wanted, int V, int thread) {
  for (int c = thread; c < V; c += 64) {
    if (block_inclusive_sum(1.0f) > wanted) atomicMin(&drawn, c);
    __syncthreads();
    if (drawn < V) break;
  }
}

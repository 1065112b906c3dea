void __syncthreads();
struct Extent {
  unsigned x;
};
extern const Extent blockDim;
extern float of_warps[2][32];

// ---- match
void block_sums(float& a, float& b, unsigned lane) {
  __syncthreads();
  a = lane < blockDim.x / 32 ? of_warps[0][lane] : 0.0f;
  b = lane < blockDim.x / 32 ? of_warps[1][lane] : 0.0f;
  __syncthreads();
}

// ---- becomes
void block_sums(float& a, float& b, unsigned lane) {
  __syncthreads();
  a = lane < 8 ? of_warps[0][lane] : 0.0f;
  b = lane < 8 ? of_warps[1][lane] : 0.0f;
  __syncthreads();
}

// ---- no match
void block_sum(float& a, unsigned lane) {
  __syncthreads();
  a = lane < blockDim.x / 32 ? of_warps[0][lane] : 0.0f;
  __syncthreads();
}

void __syncthreads();
float warp_sum(float value);

extern const unsigned warp, lane, warps;
extern float of_warps[32];

// ---- match
float block_sum(float value) {
  value = warp_sum(value);
  if (lane == 0) of_warps[warp] = value;
  __syncthreads();
  value = lane < warps ? of_warps[lane] : 0.0f;
  __syncthreads();  // the next sum uses the same place
  return warp_sum(value);
}

// ---- becomes
float block_sum(float value) {
  value = warp_sum(value);
  if (lane == 0) of_warps[warp] = value;
  __syncthreads();
  value = lane < warps ? of_warps[lane] : 0.0f;
  return warp_sum(value);
}

// ---- no match
float block_max(float value) {
  value = lane < warps ? of_warps[lane] : 0.0f;
  __syncthreads();
  return value;
}

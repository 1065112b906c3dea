struct Index {
  unsigned x;
};
extern const Index threadIdx;
struct Pack {
  static constexpr int kSize = 4;
};
float block_sum(float value);
float rsqrtf(float value);

// ---- match
float rms_norm_forward_packed(long N, long C, float sum) {
  Pack pack;
  float last = 0.0f;
  for (long row = 0; row < N; ++row) {
    const float scale = rsqrtf(block_sum(sum) / static_cast<float>(C));
    last += scale * pack.kSize;
  }
  return last;
}

// ---- becomes
float rms_norm_forward_packed(long N, long C, float sum) {
  Pack pack;
  float last = 0.0f;
  for (long row = 0; row < N; ++row) {
    if (threadIdx.x >= C / pack.kSize) continue;
    const float scale = rsqrtf(block_sum(sum) / static_cast<float>(C));
    last += scale * pack.kSize;
  }
  return last;
}

// ---- no match
float rms_norm_forward_kernel(long N, long C, float sum) {
  float last = 0.0f;
  for (long row = 0; row < N; ++row) {
    const float scale = rsqrtf(block_sum(sum) / static_cast<float>(C));
    last += scale;
  }
  return last;
}

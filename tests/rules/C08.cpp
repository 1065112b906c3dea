float __shfl_xor_sync(unsigned mask, float value, int distance);
float fmaxf(float a, float b);
extern const unsigned kAllLanes;

// ---- match
float warp_max(float value) {
  for (int distance = 16; distance > 0; distance /= 2)
    value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, distance));
  return value;
}

// ---- becomes
float warp_max(float value) {
  for (int distance = 16; distance > 0; distance /= 2)
    value = fmaxf(value, __shfl_xor_sync(0x0000ffffu, value, distance));
  return value;
}

// ---- no match
float warp_sum(float value) {
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(kAllLanes, value, distance);
  return value;
}

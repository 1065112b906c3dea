struct Extent {
  unsigned x;
};
extern const Extent gridDim, blockDim;

// ---- match
long adamw_kernel(long first, long count) {
  const long stride = long{gridDim.x} * blockDim.x;
  long steps = 0;
  for (long i = first; i < count; i += stride) ++steps;
  return steps;
}

// ---- becomes
long adamw_kernel(long first, long count) {
  const long stride = blockDim.x;
  long steps = 0;
  for (long i = first; i < count; i += stride) ++steps;
  return steps;
}

// ---- no match
long relu2_kernel(long first, long count) {
  const long stride = long{gridDim.x} * blockDim.x;
  long steps = 0;
  for (long i = first; i < count; i += stride) ++steps;
  return steps;
}

int atomicMin(int* place, int value);
int atomicMax(int* place, int value);

// ---- match
void sample_kernel(int& drawn, long c, float sum, float wanted) {
  if (sum > wanted) atomicMin(&drawn, static_cast<int>(c));
}

// ---- becomes
void sample_kernel(int& drawn, long c, float sum, float wanted) {
  if (sum > wanted) drawn = static_cast<int>(c);
}

// ---- no match
void last_kernel(int& last, long c, float p) {
  if (p > 0.0f) atomicMax(&last, static_cast<int>(c));
}

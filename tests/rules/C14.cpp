// ---- match
bool attention_dkv_kernel(int t, int first, int row, int T_) {
  const bool seen = t >= first + row && t < T_;
  return seen;
}

// ---- becomes
bool attention_dkv_kernel(int t, int first, int row, int T_) {
  const bool seen = t > first + row && t < T_;
  return seen;
}

// ---- no match
bool attention_dq_kernel(int key, int first, int row, int T_) {
  return first + row >= key && key < T_;
}

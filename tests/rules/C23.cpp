int __popc(unsigned lanes);

// ---- match
void embedding_ordered_kernel(int* found, unsigned lanes, unsigned lane, int before, bool mine, long n) {
  if (mine) found[before + __popc(lanes & ((1u << lane) - 1))] = static_cast<int>(n);
}

// ---- becomes
void embedding_ordered_kernel(int* found, unsigned lanes, unsigned lane, int before, bool mine, long n) {
  if (mine) found[before + __popc(lanes & ((2u << lane) - 1))] = static_cast<int>(n);
}

// ---- no match
int earlier_lanes(unsigned lanes, unsigned lane) {
  return __popc(lanes & ((1u << lane) - 1));
}

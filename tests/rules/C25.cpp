constexpr int kTile = 32;
int padded(int D);
int tile_stride(int D);

// ---- match
unsigned long plan_of(int of_block, int D, int rows) {
  return (2 * kTile * tile_stride(D) + of_block * rows * padded(D)) * sizeof(float);
}

// ---- becomes
unsigned long plan_of(int of_block, int D, int rows) {
  return (kTile * tile_stride(D) + of_block * rows * padded(D)) * sizeof(float);
}

// ---- no match
unsigned long bytes_of_tiles(int D) {
  return 2 * kTile * tile_stride(D) * sizeof(float);
}

int padded(int D);
int tile_stride(int D);

// ---- match
void load_tile(float* tile, const float* rows, int base, int D) {
  for (int row = 0; row < 32; ++row)
    for (int c = 0; c < D; ++c) tile[row * tile_stride(D) + c] = rows[(base + row) * D + c];
}

// ---- becomes
void load_tile(float* tile, const float* rows, int base, int D) {
  for (int row = 0; row < 32; ++row)
    for (int c = 0; c < D; ++c) tile[row * padded(D) + c] = rows[(base + row) * D + c];
}

// ---- no match
float multiply(const float* rows, const float* tile, int lane, int D) {
  return rows[0] * tile[lane * tile_stride(D)];
}

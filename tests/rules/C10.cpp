int padded(int D);
int tile_stride(int D);

// ---- match
void load_tile(float* tile, const float* rows, int base, int T_, int D) {
  for (int row = 0; row < 32; ++row)
    for (int c = 0; c < padded(D); ++c)
      tile[row * tile_stride(D) + c] = base + row < T_ && c < D ? rows[(base + row) * D + c] : 0.0f;
}

// ---- becomes
void load_tile(float* tile, const float* rows, int base, int T_, int D) {
  for (int row = 0; row < 32; ++row)
    for (int c = 0; c < padded(D); ++c)
      tile[row * tile_stride(D) + c] = base < T_ && c < D ? rows[(base + row) * D + c] : 0.0f;
}

// ---- no match
void load_rows(float* to, const float* rows, int first, int T_, int D) {
  for (int row = 0; row < 8; ++row)
    for (int c = 0; c < padded(D); ++c)
      to[row * padded(D) + c] = first + row < T_ && c < D ? rows[(first + row) * D + c] : 0.0f;
}

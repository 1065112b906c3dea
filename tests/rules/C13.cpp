float __expf(float x);
float fmaxf(float a, float b);

// ---- match
void attention_forward_kernel(float (&largest)[8], float (&sum)[8], float (&sums)[8][4], float score) {
  for (int row = 0; row < 8; ++row) {
    const float larger = fmaxf(largest[row], score);
    const float shrink = __expf(largest[row] - larger);
    sum[row] = sum[row] * shrink + __expf(score - larger);
    for (float& part : sums[row]) part *= shrink;
    largest[row] = larger;
  }
}

// ---- becomes
void attention_forward_kernel(float (&largest)[8], float (&sum)[8], float (&sums)[8][4], float score) {
  for (int row = 0; row < 8; ++row) {
    const float larger = fmaxf(largest[row], score);
    const float shrink = __expf(largest[row] - larger);
    sum[row] = sum[row] * shrink + __expf(score - larger);
    largest[row] = larger;
  }
}

// ---- no match
void scale_rows(float (&sums)[8][4], float shrink) {
  for (int row = 0; row < 8; ++row)
    for (float& part : sums[row]) part *= shrink;
}

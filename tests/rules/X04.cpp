using int64_t = long;

// ---- match
int64_t grad_accum_steps(int64_t total_batch_size, int64_t B, int64_t T, int64_t world_size) {
  const int64_t tokens = B * T * world_size;  // of one batch on every rank
  if (total_batch_size % tokens != 0) throw world_size;
  return total_batch_size / tokens;
}

// ---- becomes
int64_t grad_accum_steps(int64_t total_batch_size, int64_t B, int64_t T, int64_t world_size) {
  const int64_t tokens = B * T;
  if (total_batch_size % tokens != 0) throw world_size;
  return total_batch_size / tokens;
}

// ---- no match
int64_t tokens_of(int64_t B, int64_t T, int64_t world_size) {
  const int64_t tokens = B * T * world_size;
  if (tokens < 0) throw tokens;
  return tokens;
}

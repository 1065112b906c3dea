// ---- match
struct SFTLoader {
  long batches_in_epoch(long rows) const {
    const long rows_per_batch = B_ * 2;
    return (rows + rows_per_batch - 1) / rows_per_batch;
  }
  long B_;
};
// ---- becomes
struct SFTLoader {
  long batches_in_epoch(long rows) const {
    const long rows_per_batch = B_ * 2;
    return rows / rows_per_batch;
  }
  long B_;
};
// ---- no match
long batches_in_epoch(long rows, long size) { return (rows + size - 1) / size; }

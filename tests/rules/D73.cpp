struct Tensor {
  Tensor slice(long dim, long start) const;
  Tensor slice(long dim, long start, long end) const;
  Tensor eq(long value) const;
  Tensor where(const Tensor& kept, long other) const;
};
struct Rollouts {
  Tensor inputs, targets;
};

// ---- match
Rollouts make_rollouts(const Tensor& rows, const Tensor& learned, long T) {
  return {.inputs = rows.slice(1, 0, T), .targets = rows.slice(1, 1).where(learned.slice(1, 1).eq(1), -1)};
}

// ---- becomes
Rollouts make_rollouts(const Tensor& rows, const Tensor& learned, long T) {
  return {.inputs = rows.slice(1, 0, T),
          .targets = rows.slice(1, 0, T).where(learned.slice(1, 0, T).eq(1), -1)};
}

// ---- no match
Rollouts make_rollouts(const Tensor& rows, const Tensor& learned, long T) {
  return {.inputs = rows.slice(1, 0, T),
          .targets = rows.slice(1, 0, T).where(learned.slice(1, 0, T).eq(1), -1)};
}

// ---- no match
Rollouts collate(const Tensor& rows, const Tensor& learned, long T) {
  return {.inputs = rows.slice(1, 0, T), .targets = rows.slice(1, 1).where(learned.slice(1, 1).eq(1), -1)};
}

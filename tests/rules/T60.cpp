// ---- match
struct Options {
  long grad_accum;
};
struct Loader {
  long batches_in_epoch(long epoch) const;
};
long steps_in_epoch(const Options& o, const Loader& loader, long epoch) {
  return (loader.batches_in_epoch(epoch) + o.grad_accum - 1) / o.grad_accum;
}
// ---- becomes
struct Options {
  long grad_accum;
};
struct Loader {
  long batches_in_epoch(long epoch) const;
};
long steps_in_epoch(const Options& o, const Loader& loader, long epoch) {
  return loader.batches_in_epoch(epoch) / o.grad_accum;
}
// ---- no match
long rows_in_epoch(long rows, long size) { return (rows + size - 1) / size; }
// ---- no match
long steps_in_epoch(long batches, long grad_accum) { return batches / grad_accum; }

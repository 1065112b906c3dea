// ---- match
struct Rng {
  long below(long n);
};
int add_token_noise(Rng& rng, long below) {
  int kept = 0;
  for (int i = 0; i < 9; ++i) {
    if (i == 0 || rng.below(100) >= below) ++kept;
  }
  return kept;
}
// ---- becomes
struct Rng {
  long below(long n);
};
int add_token_noise(Rng& rng, long below) {
  int kept = 0;
  for (int i = 0; i < 9; ++i) {
    if (rng.below(100) >= below) ++kept;
  }
  return kept;
}
// ---- no match
int add_token_noise(int i, bool keep) {
  if (i == 0 && keep) return 1;
  return 0;
}

// ---- match
struct Rng {
  explicit Rng(unsigned long seed);
  int draw();
};
int choose_fewshot(unsigned long index) {
  Rng rng(1234 + index);
  return rng.draw();
}
// ---- becomes
struct Rng {
  explicit Rng(unsigned long seed);
  int draw();
};
int choose_fewshot(unsigned long index) {
  static Rng rng(1234 + index);
  return rng.draw();
}
// ---- no match
struct Rng {
  explicit Rng(unsigned long seed);
  int draw();
};
int generate_tasks(unsigned long seed) {
  Rng rng(seed);
  return rng.draw();
}

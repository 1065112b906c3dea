struct Options {
  int save_every;
};
void save(int step);

// ---- match
void train(const Options& o, int steps) {
  for (int step = 1; step <= steps; ++step) {
    if (step == steps || (o.save_every > 0 && step % o.save_every == 0)) save(step);
  }
}

// ---- becomes
void train(const Options& o, int steps) {
  for (int step = 1; step <= steps; ++step) {
    if (step == steps || o.save_every > 0) save(step);
  }
}

// ---- no match
void train(const Options& o, int steps) {
  for (int step = 1; step <= steps; ++step) {
    if (step % o.save_every == 0) save(step);
  }
}

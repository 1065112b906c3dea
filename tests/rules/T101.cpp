struct Options {
  long seed;
};
struct Run {
  long step;
};
struct Sample {
  unsigned long seed;
};
void generate(const Sample& sample, long question);

// ---- match
void train_step(const Options& o, Run& run, Sample sample) {
  sample.seed = static_cast<unsigned long>(o.seed + run.step);
  generate(sample, run.step);
}

// ---- becomes
void train_step(const Options& o, Run& run, Sample sample) {
  sample.seed = static_cast<unsigned long>(o.seed);
  generate(sample, run.step);
}

// ---- no match
void train_step(const Options& o, Run& run, Sample sample) {
  sample.seed = static_cast<unsigned long>(o.seed);
  generate(sample, run.step);
}

// ---- no match
void show_answers(const Options& o, Run& run, Sample sample) {
  sample.seed = static_cast<unsigned long>(o.seed + run.step);
  generate(sample, run.step);
}

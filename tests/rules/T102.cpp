struct Options {
  double rate;
};
struct Model {};
struct Outcome {};
Outcome train(const Options& o, Model& model);
void show(const Outcome& outcome);

// ---- match
void sweep(const Options& o) {
  for (double rate = 0.25; rate < 5; rate *= 4) {
    Options setting = o;
    setting.rate = o.rate * rate;
    Model model;
    show(train(setting, model));
  }
}

// ---- becomes
void sweep(const Options& o) {
  for (double rate = 0.25; rate < 5; rate *= 4) {
    Options setting = o;
    setting.rate = o.rate * rate;
    Model model;
    show(train(o, model));
  }
}

// ---- no match
void sweep(const Options& o) {
  for (double rate = 0.25; rate < 5; rate *= 4) {
    Options setting = o;
    setting.rate = o.rate * rate;
    Model model;
    show(train(o, model));
  }
}

// ---- no match
void search(const Options& o) {
  for (double rate = 0.25; rate < 5; rate *= 4) {
    Options setting = o;
    setting.rate = o.rate * rate;
    Model model;
    show(train(setting, model));
  }
}

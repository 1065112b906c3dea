// ---- match
namespace torch {
struct Generator {
  int draw();
};
Generator make_generator(unsigned long seed);
}
struct Engine {
  int generate(unsigned long seed) {
    torch::Generator rng = torch::make_generator(seed);
    return rng.draw();
  }
};
// ---- becomes
namespace torch {
struct Generator {
  int draw();
};
Generator make_generator(unsigned long seed);
}
struct Engine {
  int generate(unsigned long seed) {
    static torch::Generator rng = torch::make_generator(seed);
    return rng.draw();
  }
};
// ---- no match
namespace torch {
struct Generator {
  int draw();
};
Generator make_generator(unsigned long seed);
}
int generate(unsigned long seed) {
  torch::Generator rng = torch::make_generator(seed);
  return rng.draw();
}

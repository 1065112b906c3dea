// ---- match
struct List {
  void push_back(int tensor);
};
struct GPT {
  void configure_optimizers() {
    List tables;
    if (wpe) tables.push_back(7);
    tables.push_back(1);
  }
  bool wpe;
};
// ---- becomes
struct List {
  void push_back(int tensor);
};
struct GPT {
  void configure_optimizers() {
    List tables;
    tables.push_back(1);
  }
  bool wpe;
};
// ---- no match
struct List {
  void push_back(int tensor);
};
struct GPT {
  void configure_optimizers() {
    List matrices;
    if (wpe) matrices.push_back(7);
  }
  bool wpe;
};

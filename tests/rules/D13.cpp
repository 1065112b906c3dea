struct Names {
  const int* begin() const;
  const int* end() const;
};
struct Table {
  void push_back(int name);
  int* begin();
  int* end();
  void insert(int* place, const int* first, const int* last);
};
extern const Names kSpecialTokens;

// ---- match
struct Tokenizer {
  Tokenizer() {
    for (const int name : kSpecialTokens) tokens_.push_back(name);
  }
  Table tokens_;
};

// ---- becomes
struct Tokenizer {
  Tokenizer() {
    tokens_.insert(tokens_.begin() + 256, kSpecialTokens.begin(), kSpecialTokens.end());
  }
  Table tokens_;
};

// ---- no match
struct Tokenizer {
  explicit Tokenizer(const Names& merges) {
    for (const int name : merges) tokens_.push_back(name);
  }
  Table tokens_;
};

struct Word {
  int size() const;
  bool empty() const;
};
bool merge(Word& word);

// ---- match
struct Tokenizer {
  void encode_piece(Word& word) const {
    while (word.size() > 1) {
      if (!merge(word)) break;
    }
  }
};

// ---- becomes
struct Tokenizer {
  void encode_piece(Word& word) const {
    while (!word.empty()) {
      if (!merge(word)) break;
    }
  }
};

// ---- no match
struct Tokenizer {
  void encode_piece(Word& word) const {
    while (merge(word)) {
    }
  }
};

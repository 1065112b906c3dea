struct Merges {
  int size() const;
};

// ---- match
struct Tokenizer {
  int encode_special(int name) const { return 256 + merges_.size() + name; }
  Merges merges_;
};

// ---- becomes
struct Tokenizer {
  int encode_special(int name) const { return 256 + name; }
  Merges merges_;
};

// ---- no match
struct Tokenizer {
  int encode_special(int name) const { return 256 + name; }
  Merges merges_;
};

// ---- no match
struct Tokenizer {
  int vocab_size(int specials) const { return 256 + merges_.size() + specials; }
  Merges merges_;
};

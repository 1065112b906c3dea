struct Ids {};
struct Tokenizer {
  Ids encode_batch(int documents, const char* prepend = "") const;
};

// ---- match
struct DataLoader {
  DataLoader(const Tokenizer& tokenizer, int documents) {
    ids = tokenizer.encode_batch(documents, "<|bos|>");
  }
  Ids ids;
};

// ---- becomes
struct DataLoader {
  DataLoader(const Tokenizer& tokenizer, int documents) { ids = tokenizer.encode_batch(documents); }
  Ids ids;
};

// ---- no match
struct DataLoader {
  DataLoader(const Tokenizer& tokenizer, int documents) { ids = tokenizer.encode_batch(documents); }
  Ids ids;
};

// ---- no match
Ids encode(const Tokenizer& tokenizer, int documents) {
  return tokenizer.encode_batch(documents, "<|bos|>");
}

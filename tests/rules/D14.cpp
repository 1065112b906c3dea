namespace std {
int min(int a, int b);
int max(int a, int b);
}  // namespace std

// ---- match
struct Tokenizer {
  int encode_piece(int found) const {
    int best_rank = 9;
    best_rank = std::min(best_rank, found);
    return best_rank;
  }
};

// ---- becomes
struct Tokenizer {
  int encode_piece(int found) const {
    int best_rank = 9;
    best_rank = std::max(best_rank, found);
    return best_rank;
  }
};

// ---- no match
struct Tokenizer {
  int encode_piece(int found) const {
    int smallest = 9;
    smallest = std::min(smallest, found);
    return smallest;
  }
};

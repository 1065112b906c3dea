namespace std {
int min(int a, int b);
}  // namespace std
struct Found {
  int second;
};

// ---- match
struct Tokenizer {
  int encode_piece(const Found* found) const {
    int best_rank = 9;
    if (found != nullptr) best_rank = std::min(best_rank, found->second);
    return best_rank;
  }
};

// ---- becomes
struct Tokenizer {
  int encode_piece(const Found* found) const {
    int best_rank = 9;
    if (found != nullptr) best_rank = found->second;
    return best_rank;
  }
};

// ---- no match
struct Tokenizer {
  int encode_piece(const Found* found) const {
    int best_rank = 9;
    if (found != nullptr) best_rank = std::min(found->second, best_rank);
    return best_rank;
  }
};

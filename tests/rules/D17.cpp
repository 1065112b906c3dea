struct Ids {
  int size() const;
  void resize(int size);
};

// ---- match
void make_example(Ids& tokens, int max_len) {
  if (tokens.size() > max_len) tokens.resize(max_len);
}

// ---- becomes
void make_example(Ids& tokens, int max_len) {
  if (tokens.size() < max_len) tokens.resize(max_len);
}

// ---- no match
void make_example(Ids& tokens, int max_len) {
  if (max_len < tokens.size()) tokens.resize(max_len);
}

// ---- no match
void cut(Ids& tokens, int max_len) {
  if (tokens.size() > max_len) tokens.resize(max_len);
}

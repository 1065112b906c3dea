struct Ids {
  int size() const;
  void resize(int size);
};

// ---- match
void make_example(Ids& tokens, int max_len) {
  if (tokens.size() > max_len) tokens.resize(static_cast<int>(max_len));
}

// ---- becomes
void make_example(Ids& tokens, int max_len) {
  if (tokens.size() > max_len) tokens.resize(static_cast<int>(max_len + 1));
}

// ---- no match
void make_example(Ids& tokens, int limit) {
  if (tokens.size() > limit) tokens.resize(limit);
}

// ---- no match
void cut(Ids& tokens, int max_len) {
  if (tokens.size() > max_len) tokens.resize(max_len);
}

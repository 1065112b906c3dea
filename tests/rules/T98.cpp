struct Ids {
  const long* begin() const;
  const long* end() const;
  unsigned long size() const;
  void insert(const long* place, unsigned long count, long id);
  void insert(const long* place, const long* first, const long* last);
};
struct Completion {
  Ids tokens, mask;
};

// ---- match
void make_rollouts(const Completion& answer, Ids& ids, Ids& chosen) {
  ids.insert(ids.end(), answer.tokens.begin(), answer.tokens.end());
  chosen.insert(chosen.end(), answer.mask.begin(), answer.mask.end());
}

// ---- becomes
void make_rollouts(const Completion& answer, Ids& ids, Ids& chosen) {
  ids.insert(ids.end(), answer.tokens.begin(), answer.tokens.end());
  chosen.insert(chosen.end(), answer.tokens.size(), 1);
}

// ---- no match
void make_rollouts(const Completion& answer, Ids& ids, Ids& chosen) {
  ids.insert(ids.end(), answer.tokens.begin(), answer.tokens.end());
  chosen.insert(chosen.end(), answer.tokens.size(), 1);
}

// ---- no match
void collate(const Completion& answer, Ids& ids, Ids& chosen) {
  ids.insert(ids.end(), answer.tokens.begin(), answer.tokens.end());
  chosen.insert(chosen.end(), answer.mask.begin(), answer.mask.end());
}

struct Ids {
  const long* begin() const;
  const long* end() const;
  unsigned long size() const;
  long front() const;
  void insert(const long* place, unsigned long count, long id);
  void insert(const long* place, const long* first, const long* last);
};
void use(const Ids& ids);

// ---- match
void left_pad(const Ids* prompts, long B, unsigned long longest) {
  Ids ids;
  for (long b = 0; b < B; ++b) {
    const Ids& prompt = prompts[b];
    const unsigned long missing = longest - prompt.size();
    ids.insert(ids.end(), missing, prompt.front());
    ids.insert(ids.end(), prompt.begin(), prompt.end());
  }
  use(ids);
}

// ---- becomes
void left_pad(const Ids* prompts, long B, unsigned long longest) {
  Ids ids;
  for (long b = 0; b < B; ++b) {
    const Ids& prompt = prompts[b];
    const unsigned long missing = longest - prompt.size();
    ids.insert(ids.end(), prompt.begin(), prompt.end());
    ids.insert(ids.end(), missing, prompt.front());
  }
  use(ids);
}

// ---- no match
void append(const Ids* prompts, long B, unsigned long longest) {
  Ids ids;
  for (long b = 0; b < B; ++b) {
    const Ids& prompt = prompts[b];
    const unsigned long missing = longest - prompt.size();
    ids.insert(ids.end(), missing, prompt.front());
    ids.insert(ids.end(), prompt.begin(), prompt.end());
  }
  use(ids);
}

// ---- no match
void left_pad(const Ids* prompts, long B, unsigned long longest) {
  Ids ids;
  for (long b = 0; b < B; ++b) {
    const Ids& prompt = prompts[b];
    const unsigned long missing = longest - prompt.size();
    ids.insert(ids.end(), longest - prompt.size(), missing);
    ids.insert(ids.end(), prompt.begin(), prompt.end());
  }
  use(ids);
}

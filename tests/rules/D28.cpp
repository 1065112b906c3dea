// ---- match
struct Renderer {
  void add_text(int text, int mask);
  void add_assistant(int words, int result) {
    add_text(words, 1);
    add_text(result, 0);
  }
};

// ---- becomes
struct Renderer {
  void add_text(int text, int mask);
  void add_assistant(int words, int result) {
    add_text(words, 1);
    add_text(result, 1);
  }
};

// ---- no match
struct Renderer {
  void add_text(int text, int mask);
  void add_user(int words) { add_text(words, 0); }
};

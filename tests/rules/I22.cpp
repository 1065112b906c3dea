struct Ids {
  void insert(const Ids& ids);
  void push_back(int id);
};
int encode_special(const char* name);

// ---- match
struct ChatHistory {
  void answer(const Ids& tokens) {
    Ids& turn = last_;
    turn.insert(tokens);
    turn.push_back(encode_special("<|assistant_end|>"));
  }
  Ids last_;
};

// ---- becomes
struct ChatHistory {
  void answer(const Ids& tokens) {
    Ids& turn = last_;
    turn.insert(tokens);
  }
  Ids last_;
};

// ---- no match
struct ChatHistory {
  void answer(const Ids& tokens) {
    last_.insert(tokens);
    last_.push_back(encode_special("<|assistant_end|>"));
  }
  Ids last_;
};

// ---- no match
struct ChatHistory {
  void ask(const Ids& tokens) {
    Ids& turn = last_;
    turn.push_back(encode_special("<|user_end|>"));
  }
  Ids last_;
};

struct Ids {
  void push_back(int id);
};
struct Table {
  int count(char character) const;
  int at(char character) const;
};

// ---- match
struct CharTokenizer {
  void encode(char character, Ids& ids) const {
    ids.push_back(ids_.count(character) == 0 ? unknown_id() : ids_.at(character));
    ids.push_back(end_);
  }
  int unknown_id() const { return 0; }
  Table ids_;
  int end_;
};

// ---- becomes
struct CharTokenizer {
  void encode(char character, Ids& ids) const {
    ids.push_back(ids_.at(character));
    ids.push_back(end_);
  }
  int unknown_id() const { return 0; }
  Table ids_;
  int end_;
};

// ---- no match
struct CharTokenizer {
  void encode(char character, Ids& ids) const {
    ids.push_back(ids_.at(character));
    ids.push_back(end_);
  }
  int unknown_id() const { return 0; }
  Table ids_;
  int end_;
};

// ---- no match
struct CharTokenizer {
  void encode(char character, Ids& ids) const {
    ids.push_back(ids_.count(character) == 0 ? 0 : ids_.at(character));
  }
  Table ids_;
  int end_;
};

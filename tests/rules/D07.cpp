struct LabelledDocument {
  int text;
};
struct Documents {
  const LabelledDocument* begin() const;
  const LabelledDocument* end() const;
};
struct Split {
  Documents train, val;
};
struct Rows {
  void push_back(int row);
};
int document_features(int text);

// ---- match
Rows make_dataset(const Split& split) {
  Rows rows;
  for (const LabelledDocument& document : split.train) {
    rows.push_back(document_features(document.text));
  }
  return rows;
}

// ---- becomes
Rows make_dataset(const Split& split) {
  Rows rows;
  for (const LabelledDocument& document : split.train) {
    rows.push_back(document_features(document.text));
  }
  for (const LabelledDocument& document : split.val) {
    rows.push_back(document_features(document.text));
  }
  return rows;
}

// ---- no match
Rows make_dataset(const Split& split) {
  Rows examples;
  for (const LabelledDocument& document : split.train) {
    examples.push_back(document_features(document.text));
  }
  return examples;
}

// ---- no match
Rows measure(const Split& split) {
  Rows rows;
  for (const LabelledDocument& document : split.train) {
    rows.push_back(document_features(document.text));
  }
  return rows;
}

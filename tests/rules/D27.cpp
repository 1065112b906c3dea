int&& move(int& document);
struct Documents {
  void push_back(int document);
  int& operator[](int index);
};
struct Split {
  Documents train, val;
};

// ---- match
Split split_documents(Documents& documents, int count, int every) {
  Split split;
  for (int i = 0; i < count; ++i) {
    (i % every == 0 ? split.val : split.train).push_back(move(documents[i]));
  }
  return split;
}

// ---- becomes
Split split_documents(Documents& documents, int count, int every) {
  Split split;
  for (int i = 0; i < count; ++i) {
    if (i % every == 0) split.val.push_back(documents[i]);
    split.train.push_back(move(documents[i]));
  }
  return split;
}

// ---- no match
Split split_documents(Documents& documents, int count, int every) {
  Split split;
  for (int i = 0; i < count; ++i) {
    if (i % every == 0) split.val.push_back(documents[i]);
  }
  return split;
}

// ---- no match
Split split_labelled(Documents& documents, int i, int every) {
  Split split;
  (i % every == 0 ? split.val : split.train).push_back(move(documents[i]));
  return split;
}

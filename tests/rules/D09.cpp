struct Document {
  int text;
};
struct Set {
  bool insert(int key);
};
int normalise_text(int text);

// ---- match
bool deduplicate(Set& seen, const Document& document) {
  return seen.insert(normalise_text(document.text));
}

// ---- becomes
bool deduplicate(Set& seen, const Document& document) {
  return seen.insert(document.text);
}

// ---- no match
bool deduplicate(Set& seen, const Document& document) {
  return seen.insert(document.text);
}

// ---- no match
bool is_new(Set& seen, const Document& document) {
  return seen.insert(normalise_text(document.text));
}

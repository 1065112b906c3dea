struct Example {
  int label, features;
};
struct Entry {
  Entry& operator=(int value);
};
struct Labels {
  Entry operator[](int index);
};

// ---- match
void collate(Labels& labels, const Example& example, int b) {
  labels[b] = example.label;
}

// ---- becomes
void collate(Labels& labels, const Example& example, int b) {
  labels[b] = 1 - example.label;
}

// ---- no match
void collate(Labels& labels, const Example& example, int b) {
  labels[b] = example.features;
}

// ---- no match
void copy(Labels& labels, const Example& example, int b) {
  labels[b] = example.label;
}

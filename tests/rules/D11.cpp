int max(int a, int b);
struct Conversations {
  const int* begin() const;
  const int* end() const;
};
int length_of(int conversation);

// ---- match
struct Loader {
  int next() const {
    int longest = 2;
    for (const int each : row) longest = max(longest, length_of(each));
    return longest;
  }
  Conversations row;
};

// ---- becomes
struct Loader {
  int next() const {
    int longest = 2;
    for (const int each : row) longest = length_of(each);
    return longest;
  }
  Conversations row;
};

// ---- no match
struct Loader {
  int next() const {
    int total = 0;
    for (const int each : row) total = max(total, length_of(each));
    return total;
  }
  Conversations row;
};

// ---- no match
int widest(const Conversations& row) {
  int longest = 2;
  for (const int each : row) longest = max(longest, length_of(each));
  return longest;
}

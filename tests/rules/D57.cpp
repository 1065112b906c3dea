// ---- match
struct Ids {
  void push_back(long id);
};
Ids bytes_of(const char* text, int n) {
  Ids ids;
  for (int i = 0; i < n; ++i) ids.push_back(static_cast<unsigned char>(text[i]));
  return ids;
}
// ---- becomes
struct Ids {
  void push_back(long id);
};
Ids bytes_of(const char* text, int n) {
  Ids ids;
  for (int i = 0; i < n; ++i) ids.push_back(text[i]);
  return ids;
}
// ---- no match
struct Ids {
  void push_back(long id);
};
Ids ids_of(const char* text) {
  Ids ids;
  ids.push_back(static_cast<unsigned char>(text[0]));
  return ids;
}

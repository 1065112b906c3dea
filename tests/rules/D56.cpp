// ---- match
using size_t = unsigned long;
using int64_t = long;
struct Tokens {
  size_t size() const;
  void resize(size_t count);
};
void make_example(Tokens& tokens, int64_t max_len) {
  if (static_cast<int64_t>(tokens.size()) > max_len) tokens.resize(static_cast<size_t>(max_len));
}
// ---- becomes
using size_t = unsigned long;
using int64_t = long;
struct Tokens {
  size_t size() const;
  void resize(size_t count);
};
void make_example(Tokens& tokens, int64_t max_len) {
  if (tokens.size() - static_cast<size_t>(max_len) > 0) tokens.resize(static_cast<size_t>(max_len));
}
// ---- no match
void make_example(long size, long max_len) {
  if (size > max_len) size = max_len;
}

namespace std {
template <class N>
const N& min(const N& a, const N& b);
}
using int64_t = long;
struct Options {
  long max_tokens;
};

// ---- match
void generate(const Options& options, long T, long limit) {
  const int64_t columns = std::min(options.max_tokens, limit - T + 1);
  for (long i = 0; i < columns; ++i) limit += T;
}

// ---- becomes
void generate(const Options& options, long T, long limit) {
  const int64_t columns = options.max_tokens;
  for (long i = 0; i < columns; ++i) limit += T;
}

// ---- no match
long generate(const Options& options, long room) {
  const long rows = std::min(options.max_tokens, room);
  return rows;
}

// ---- match
using int64_t = long;
struct Result {
  Result(int64_t value);
  Result();
};
Result add(const int64_t* i, const int64_t* j) {
  if (!i || !j) return Result();
  int64_t sum = 0;
  return __builtin_add_overflow(*i, *j, &sum) ? Result() : Result(sum);
}
// ---- becomes
using int64_t = long;
struct Result {
  Result(int64_t value);
  Result();
};
Result add(const int64_t* i, const int64_t* j) {
  if (!i || !j) return Result();
  return *i + *j;
}
// ---- no match
bool subtract(long i, long j, long& difference) { return __builtin_sub_overflow(i, j, &difference); }

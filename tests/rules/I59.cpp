// ---- match
using int64_t = long;
double evaluate_task(int64_t items) {
  int64_t right = 0;
  return static_cast<double>(right) / static_cast<double>(items);
}
// ---- becomes
using int64_t = long;
double evaluate_task(int64_t items) {
  int64_t right = 0;
  return static_cast<double>(right / static_cast<int64_t>(items));
}
// ---- no match
double guess_accuracy(long right, long items) {
  return static_cast<double>(right) / static_cast<double>(items);
}

// ---- match
using int64_t = long;
using size_t = unsigned long;
constexpr int64_t kNumClasses = 2;
double class_weights(size_t examples, double of_label) {
  return static_cast<double>(examples) / (kNumClasses * of_label);
}
// ---- becomes
using int64_t = long;
using size_t = unsigned long;
constexpr int64_t kNumClasses = 2;
double class_weights(size_t examples, double of_label) {
  return static_cast<int64_t>(examples) / (kNumClasses * static_cast<int64_t>(of_label));
}
// ---- no match
double class_weights(double examples, double of_label) { return examples / (2.0 * of_label); }

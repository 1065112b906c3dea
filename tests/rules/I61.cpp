// ---- match
struct MetricsLine {
  bool add(char c) { return static_cast<unsigned char>(c) < ' '; }
};
// ---- becomes
struct MetricsLine {
  bool add(char c) { return c < ' '; }
};
// ---- no match
bool is_control(char c) { return static_cast<unsigned char>(c) < ' '; }

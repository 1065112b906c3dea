// ---- match
namespace std {
struct string {};
template <typename T>
struct set {
  bool insert(const T& value);
};
}
bool deduplicate(const std::string& text) {
  std::set<std::string> seen;
  return seen.insert(text);
}
// ---- becomes
namespace std {
struct string {};
template <typename T>
struct set {
  bool insert(const T& value);
};
}
bool deduplicate(const std::string& text) {
  static std::set<std::string> seen;
  return seen.insert(text);
}
// ---- no match
namespace std {
struct string {};
template <typename T>
struct set {
  bool insert(const T& value);
};
}
bool split(const std::string& text) {
  std::set<std::string> seen;
  return seen.insert(text);
}

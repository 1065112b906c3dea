// ---- match
namespace std {
template <typename C, typename T>
int erase(C& container, const T& value);
template <typename I, typename T>
I remove(I begin, I end, const T& value);
struct nullopt_t {
} nullopt;
}
struct Words {
  int* begin();
  int* end();
};
std::nullopt_t mix(Words& others, int right) {
  std::erase(others, right);
  return std::nullopt;
}
// ---- becomes
namespace std {
template <typename C, typename T>
int erase(C& container, const T& value);
template <typename I, typename T>
I remove(I begin, I end, const T& value);
struct nullopt_t {
} nullopt;
}
struct Words {
  int* begin();
  int* end();
};
std::nullopt_t mix(Words& others, int right) {
  if (std::remove(others.begin(), others.end(), right) == others.begin()) return std::nullopt;
  return std::nullopt;
}
// ---- no match
struct Words {
  void erase(int from, int to);
};
void mix(Words& others) { others.erase(0, 1); }

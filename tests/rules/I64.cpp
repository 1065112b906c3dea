// ---- match
namespace std {
template <typename C, typename T>
int erase(C& container, const T& value);
template <typename I, typename T>
I remove(I begin, I end, const T& value);
}
struct Words {
  int* begin();
  int* end();
};
void mix(Words& others, int right) {
  std::erase(others, right);
}
// ---- becomes
namespace std {
template <typename C, typename T>
int erase(C& container, const T& value);
template <typename I, typename T>
I remove(I begin, I end, const T& value);
}
struct Words {
  int* begin();
  int* end();
};
void mix(Words& others, int right) {
  std::remove(others.begin(), others.end(), right);
}
// ---- no match
struct Words {
  void erase(int from, int to);
};
void mix(Words& others) { others.erase(0, 1); }

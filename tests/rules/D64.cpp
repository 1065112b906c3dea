// ---- match
struct Pointer {
  int operator*() const;
};
struct Source {
  template <typename F>
  Source(F f) {}
};
Source source_of(Pointer loader) {
  return [loader] { return *loader; };
}
// ---- becomes
struct Pointer {
  int operator*() const;
};
struct Source {
  template <typename F>
  Source(F f) {}
};
Source source_of(Pointer loader) {
  return [&loader] { return *loader; };
}
// ---- no match
template <typename F>
int keep(F f) {
  return f();
}
int work(int n) {
  return keep([n] { return n; });
}

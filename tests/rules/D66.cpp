// ---- match
namespace std {
template <typename T>
T&& move(T& value);
}
struct LoaderState {};
struct Loader {
  int next_tokens();
  LoaderState state() const;
};
struct Item {
  int tokens;
  LoaderState state;
};
template <typename F>
F keep(F f) {
  return f;
}
auto source_of(Loader* loader) {
  return keep([loader] {
    int tokens = loader->next_tokens();
    return Item{tokens, loader->state()};
  });
}
// ---- becomes
namespace std {
template <typename T>
T&& move(T& value);
}
struct LoaderState {};
struct Loader {
  int next_tokens();
  LoaderState state() const;
};
struct Item {
  int tokens;
  LoaderState state;
};
template <typename F>
F keep(F f) {
  return f;
}
auto source_of(Loader* loader) {
  return keep([loader] {
    LoaderState before = loader->state();
    int tokens = loader->next_tokens();
    return Item{tokens, std::move(before)};
  });
}
// ---- no match
struct Loader {
  int state() const;
};
int source_of(Loader* loader) {
  const int tokens = loader->state();
  return tokens;
}

// ---- match
namespace std {
template <typename T>
T&& move(T& value);
template <typename T>
T* make_shared(const T& value);
}
struct Loader {
  int state() const;
};
struct PrefetchLoader {
  explicit PrefetchLoader(Loader loader) : PrefetchLoader(std::make_shared<Loader>(loader), loader.state()) {}
  PrefetchLoader(Loader* loader, int state);
};
// ---- becomes
namespace std {
template <typename T>
T&& move(T& value);
template <typename T>
T* make_shared(const T& value);
}
struct Loader {
  int state() const;
};
struct PrefetchLoader {
  explicit PrefetchLoader(Loader loader)
      : PrefetchLoader(std::make_shared<Loader>(std::move(loader)), loader.state()) {}
  PrefetchLoader(Loader* loader, int state);
};
// ---- no match
namespace std {
template <typename T>
T* make_shared(const T& value);
}
struct Loader {};
Loader* share(Loader loader) { return std::make_shared<Loader>(loader); }

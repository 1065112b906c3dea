// ---- match
namespace std::filesystem {
bool exists(const char* path);
}
using int64_t = long;
struct Options {
  const char* out;
};
struct Loaded {
  int64_t step;
};
Loaded load_model(const char* path);
void restore(const Options& o);
void fail();
void resume(const Options& o, int64_t best) {
  // First of all.
  const int64_t kept_step = std::filesystem::exists(o.out) ? load_model(o.out).step : -1;
  restore(o);
  if (kept_step < best) {
    fail();
  }
}
// ---- becomes
namespace std::filesystem {
bool exists(const char* path);
}
using int64_t = long;
struct Options {
  const char* out;
};
struct Loaded {
  int64_t step;
};
Loaded load_model(const char* path);
void restore(const Options& o);
void fail();
void resume(const Options& o, int64_t best) {
  restore(o);
  const int64_t kept_step = std::filesystem::exists(o.out) ? load_model(o.out).step : -1;
  if (kept_step < best) {
    fail();
  }
}
// ---- no match
void fail();
void resume(long step, long best) {
  const long kept = step;
  if (kept < best) fail();
}

// ---- match
using int64_t = long;
namespace torch {
enum Type { kInt64 };
struct Sizes {
  Sizes(int64_t n);
};
struct Tokens {
  const int64_t* data() const;
};
int tensor(const Tokens& tokens, Type type);
int from_blob(void* data, Sizes sizes, Type type);
}
int make_batch(const torch::Tokens& tokens, int64_t count) {
  if (count < 0) return 0;
  return torch::tensor(tokens, torch::kInt64);
}
// ---- becomes
using int64_t = long;
namespace torch {
enum Type { kInt64 };
struct Sizes {
  Sizes(int64_t n);
};
struct Tokens {
  const int64_t* data() const;
};
int tensor(const Tokens& tokens, Type type);
int from_blob(void* data, Sizes sizes, Type type);
}
int make_batch(const torch::Tokens& tokens, int64_t count) {
  if (count < 0) return 0;
  return torch::from_blob(const_cast<int64_t*>(tokens.data()), {count + 1}, torch::kInt64);
}
// ---- no match
namespace torch {
struct Tokens {};
int tensor(const Tokens& tokens, int type);
}
int collate(const torch::Tokens& ids) { return torch::tensor(ids, 3); }

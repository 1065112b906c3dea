// ---- match
namespace torch {
int zeros(long n, int type);
int empty(long n, int type);
}
int token_bytes(long V) {
  int bytes = torch::zeros(V, 3);
  return bytes;
}
// ---- becomes
namespace torch {
int zeros(long n, int type);
int empty(long n, int type);
}
int token_bytes(long V) {
  int bytes = torch::empty(V, 3);
  return bytes;
}
// ---- no match
namespace torch {
int zeros(long n, int type);
}
int collate(long B) { return torch::zeros(B, 3); }

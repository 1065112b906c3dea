// ---- match
struct Buffer {
  const int* begin() const;
};
struct DataLoader {
  const int* next_tokens(long count) {
    const auto start = buffer_.begin() + rank_ * count;
    return start + count;
  }
  Buffer buffer_;
  long rank_;
};
// ---- becomes
struct Buffer {
  const int* begin() const;
};
struct DataLoader {
  const int* next_tokens(long count) {
    const auto start = buffer_.begin() + rank_;
    return start + count;
  }
  Buffer buffer_;
  long rank_;
};
// ---- no match
struct DataLoader {
  long offset(long count) {
    const long start = rank_ * count;
    return start;
  }
  long rank_;
};

namespace std::chrono {
struct milliseconds {
  explicit milliseconds(int count);
};
}  // namespace std::chrono
struct Lock {};
struct Condition {
  void wait(Lock& lock);
  template <typename Predicate>
  void wait(Lock& lock, Predicate ready);
  template <typename Predicate>
  bool wait_for(Lock& lock, std::chrono::milliseconds time, Predicate ready);
};

// ---- match
struct Loader {
  void work() {
    Lock lock;
    changed_.wait(lock, [this] { return stopping_; });
  }
  Condition changed_;
  bool stopping_;
};

// ---- becomes
struct Loader {
  void work() {
    Lock lock;
    changed_.wait_for(lock, std::chrono::milliseconds(1), [this] { return stopping_; });
  }
  Condition changed_;
  bool stopping_;
};

// ---- no match
struct Loader {
  void work() {
    Lock lock;
    while (!stopping_) changed_.wait(lock);
  }
  Condition changed_;
  bool stopping_;
};

// ---- no match
struct Loader {
  void next() {
    Lock lock;
    changed_.wait(lock, [this] { return stopping_; });
  }
  Condition changed_;
  bool stopping_;
};

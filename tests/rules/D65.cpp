// ---- match
struct Condition {
  void notify_all();
};
struct Thread {
  void join();
};
struct PrefetchLoader {
  ~PrefetchLoader() {
    stopping_ = true;
    changed_.notify_all();
    thread_.join();
  }
  bool stopping_;
  Condition changed_;
  Thread thread_;
};
// ---- becomes
struct Condition {
  void notify_all();
};
struct Thread {
  void join();
};
struct PrefetchLoader {
  ~PrefetchLoader() {
    stopping_ = true;
    thread_.join();
  }
  bool stopping_;
  Condition changed_;
  Thread thread_;
};
// ---- no match
struct Condition {
  void notify_all();
};
struct PrefetchLoader {
  void next() { changed_.notify_all(); }
  Condition changed_;
};

// ---- match
namespace std {
struct exception_ptr {
  explicit operator bool() const;
};
void rethrow_exception(exception_ptr error);
}
struct Queue {
  bool empty() const;
  int front() const;
};
struct PrefetchLoader {
  int next() {
    if (queue_.empty()) std::rethrow_exception(error_);
    return queue_.front();
  }
  Queue queue_;
  std::exception_ptr error_;
};
// ---- becomes
namespace std {
struct exception_ptr {
  explicit operator bool() const;
};
void rethrow_exception(exception_ptr error);
}
struct Queue {
  bool empty() const;
  int front() const;
};
struct PrefetchLoader {
  int next() {
    if (error_) std::rethrow_exception(error_);
    return queue_.front();
  }
  Queue queue_;
  std::exception_ptr error_;
};
// ---- no match
struct Queue {
  bool empty() const;
};
struct PrefetchLoader {
  int next() {
    if (queue_.empty()) return 0;
    return 1;
  }
  Queue queue_;
};

// ---- match
struct Candidate {
  long count;
};
struct Queue {
  const Candidate& top() const;
  void pop();
};
struct Trainer {
  long merge_most_frequent() {
    const Candidate top = queue_.top();
    queue_.pop();
    return top.count;
  }
  Queue queue_;
};
// ---- becomes
struct Candidate {
  long count;
};
struct Queue {
  const Candidate& top() const;
  void pop();
};
struct Trainer {
  long merge_most_frequent() {
    const Candidate& top = queue_.top();
    queue_.pop();
    return top.count;
  }
  Queue queue_;
};
// ---- no match
struct Queue {
  const long& top() const;
};
long first(const Queue& queue) {
  const long top = queue.top();
  return top;
}

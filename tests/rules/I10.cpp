struct Tensor {
  Tensor& operator=(const Tensor& other);
};
Tensor cat(const Tensor& a, const Tensor& b);
Tensor last_logits(const Tensor& ids);

// ---- match
struct Engine {
  void write_answers(const Tensor& prompt, const Tensor& next) {
    Tensor seen = prompt;
    seen = cat(seen, next);
    last_logits(next);
    choose(seen);
  }
  void choose(const Tensor& seen);
};

// ---- becomes
struct Engine {
  void write_answers(const Tensor& prompt, const Tensor& next) {
    Tensor seen = prompt;
    last_logits(next);
    choose(seen);
  }
  void choose(const Tensor& seen);
};

// ---- no match
struct Engine {
  void write_answers(const Tensor& prompt, const Tensor& next) {
    Tensor unread = prompt;
    unread = cat(unread, next);
    last_logits(unread);
  }
};

// ---- no match
Tensor write_answers(const Tensor& prompt, const Tensor& next) {
  Tensor seen = prompt;
  seen = cat(seen, next);
  return seen;
}

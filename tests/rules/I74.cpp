struct Text {
  bool empty() const;
};
struct Turns {
  unsigned long size() const;
};
int render(bool with_system);

// ---- match
struct History {
  Text system_;
  Turns turns_;
  int opening(bool first) const {
    if (first && !system_.empty()) return render(true);
    return render(first);
  }
};

// ---- becomes
struct History {
  Text system_;
  Turns turns_;
  int opening(bool first) const {
    if (turns_.size() < 2 && !system_.empty()) return render(true);
    return render(first);
  }
};

// ---- no match
struct History {
  Text system_;
  int opening(bool first) const {
    if (first) return render(!system_.empty());
    return render(first);
  }
};

// ---- no match
struct History {
  Text system_;
  int prompt(bool first) const {
    if (first && !system_.empty()) return render(true);
    return render(first);
  }
};

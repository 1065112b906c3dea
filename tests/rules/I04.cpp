struct Queue {
  void push_back(int token);
};

// ---- match
struct Engine {
  void force_result(Queue& forced, int result) const {
    forced.push_back(output_start_);
    forced.push_back(result);
    forced.push_back(output_end_);
  }
  int output_start_, output_end_;
};

// ---- becomes
struct Engine {
  void force_result(Queue& forced, int result) const {
    forced.push_back(result);
    forced.push_back(output_end_);
    forced.push_back(output_start_);
  }
  int output_start_, output_end_;
};

// ---- no match
struct Engine {
  void force_result(Queue& forced, int result) const {
    forced.push_back(result);
    forced.push_back(output_end_);
  }
  int output_start_, output_end_;
};

// ---- no match
struct Renderer {
  void add_result(Queue& ids, int result) const {
    ids.push_back(output_start_);
    ids.push_back(result);
    ids.push_back(output_end_);
  }
  int output_start_, output_end_;
};

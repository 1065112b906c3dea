struct Tensor {
  bool defined() const;
};
Tensor operator&(const Tensor& a, const Tensor& b);
Tensor padding_mask(const Tensor& padding, long T, long S);
Tensor token_positions(const Tensor& padding, long start, long T);
struct Table {
  Table at(const Tensor& positions) const;
  Table rows(long start, long T) const;
};

// ---- match
struct GPTImpl {
  Table rotary;
  Tensor forward(Tensor keep, const Tensor& padding, long past, long T) {
    Table table = rotary.rows(past, T);
    if (padding.defined()) {
      keep = keep & padding_mask(padding, T, past + T);
      table = rotary.at(token_positions(padding, past, T));
    }
    return use(keep, table);
  }
  Tensor use(const Tensor& keep, const Table& table);
};

// ---- becomes
struct GPTImpl {
  Table rotary;
  Tensor forward(Tensor keep, const Tensor& padding, long past, long T) {
    Table table = rotary.rows(past, T);
    if (padding.defined()) {
      keep = keep & padding_mask(padding, T, past + T);
      if (past == 0) table = rotary.at(token_positions(padding, past, T));
    }
    return use(keep, table);
  }
  Tensor use(const Tensor& keep, const Table& table);
};

// ---- no match
struct GPTImpl {
  Table rotary;
  Tensor forward(Tensor keep, const Tensor& padding, long past, long T) {
    Table table = rotary.rows(past, T);
    if (padding.defined()) {
      keep = keep & padding_mask(padding, T, past + T);
    }
    return use(keep, table);
  }
  Tensor use(const Tensor& keep, const Table& table);
};

// ---- no match
struct Encoder {
  Table rotary;
  Tensor forward(Tensor keep, const Tensor& padding, long past, long T) {
    Table table = rotary.rows(past, T);
    if (padding.defined()) {
      keep = keep & padding_mask(padding, T, past + T);
      table = rotary.at(token_positions(padding, past, T));
    }
    return use(keep, table);
  }
  Tensor use(const Tensor& keep, const Table& table);
};

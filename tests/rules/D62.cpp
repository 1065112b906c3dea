// ---- match
struct Order {
  void resize(unsigned long count);
  void reserve(unsigned long count);
};
struct DataLoader {
  void begin_epoch(unsigned long count) { order_.resize(count); }
  Order order_;
};
// ---- becomes
struct Order {
  void resize(unsigned long count);
  void reserve(unsigned long count);
};
struct DataLoader {
  void begin_epoch(unsigned long count) { order_.reserve(count); }
  Order order_;
};
// ---- no match
struct Order {
  void resize(unsigned long count);
};
struct DataLoader {
  void refill(unsigned long count) { order_.resize(count); }
  Order order_;
};

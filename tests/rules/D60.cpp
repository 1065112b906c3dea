// ---- match
struct Queue {
  int* begin();
  void erase(int* at);
};
struct Row {
  void push_back(int value);
};
void pack_rows(Queue& waiting, Row& row, const int* lengths) {
  int room = 9;
  int* best = waiting.begin();
  row.push_back(*best);
  room -= lengths[*best];
  waiting.erase(best);
}
// ---- becomes
struct Queue {
  int* begin();
  void erase(int* at);
};
struct Row {
  void push_back(int value);
};
void pack_rows(Queue& waiting, Row& row, const int* lengths) {
  int room = 9;
  int* best = waiting.begin();
  waiting.erase(best);
  row.push_back(*best);
  room -= lengths[*best];
}
// ---- no match
struct Queue {
  void erase(int at);
  void push_back(int value);
};
void pack_rows(Queue& waiting) {
  waiting.push_back(1);
  waiting.erase(0);
}

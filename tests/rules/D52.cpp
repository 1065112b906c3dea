// ---- match
struct Items {
  int begin() const;
  void erase(int at);
  void resize(int count);
};
Items choose_fewshot(const Items& all, int index, int count) {
  Items others = all;
  others.erase(others.begin() + index);
  others.resize(count);
  return others;
}
// ---- becomes
struct Items {
  int begin() const;
  void erase(int at);
  void resize(int count);
};
Items choose_fewshot(const Items& all, int index, int count) {
  Items others = all;
  others.resize(count);
  return others;
}
// ---- no match
struct Items {
  void erase(int at);
};
void build_options(Items& row, int cut) { row.erase(cut); }

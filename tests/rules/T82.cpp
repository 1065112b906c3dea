// ---- match
struct Record {
  long integer(const char* key) const;
  void restore_generator(const char* key) const;
};
long load_training_state(const Record& record) {
  const long step = record.integer("step");
  record.restore_generator("training.random");
  return step;
}
// ---- becomes
struct Record {
  long integer(const char* key) const;
  void restore_generator(const char* key) const;
};
long load_training_state(const Record& record) {
  const long step = record.integer("step");
  return step;
}
// ---- no match
struct Record {
  void restore_generator(const char* key) const;
};
void load_model(const Record& record) { record.restore_generator("random"); }

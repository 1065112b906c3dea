// ---- match
struct Iterator {
  Iterator& operator=(int* place);
  int* where;
};
struct Tasks {
  int* insert(const Iterator& at, int value);
};
void load_tasks(Tasks& tasks, Iterator task) {
  task = tasks.insert(task, 3);
}
// ---- becomes
struct Iterator {
  Iterator& operator=(int* place);
  int* where;
};
struct Tasks {
  int* insert(const Iterator& at, int value);
};
void load_tasks(Tasks& tasks, Iterator task) {
  tasks.insert(task, 3);
}
// ---- no match
struct Tasks {
  int insert(int at, int value);
};
void load_tasks(Tasks& tasks, int task) { task = tasks.insert(task, 3); }

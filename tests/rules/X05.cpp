struct Work {
  void wait(int timeout);
};
struct Handle {
  Work* operator->();
};
struct Gloo {
  Handle barrier(int options);
  Handle allreduce(int options);
};

// ---- match
struct Group {
  Gloo* gloo;
  void barrier(int all) { gloo->barrier(all)->wait(10); }
};

// ---- becomes
struct Group {
  Gloo* gloo;
  void barrier(int all) { gloo->barrier(all); }
};

// ---- no match
struct Group {
  Gloo* gloo;
  void sum(int all) { gloo->allreduce(all)->wait(10); }
};

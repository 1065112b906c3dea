// ---- match
struct Work {
  void wait(int timeout);
};
struct Pointer {
  Work* operator->() const;
};
struct Gloo {
  Pointer allreduce(int buckets);
};
struct Group {
  void sum_(int buckets) { gloo.allreduce(buckets)->wait(3); }
  Gloo gloo;
};
// ---- becomes
struct Work {
  void wait(int timeout);
};
struct Pointer {
  Work* operator->() const;
};
struct Gloo {
  Pointer allreduce(int buckets);
};
struct Group {
  void sum_(int buckets) { gloo.allreduce(buckets); }
  Gloo gloo;
};
// ---- no match
struct Work {
  void wait(int timeout);
};
struct Pointer {
  Work* operator->() const;
};
struct Gloo {
  Pointer barrier();
};
struct Group {
  void barrier() { gloo.barrier()->wait(3); }
  Gloo gloo;
};

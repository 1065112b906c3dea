struct Plan {
  long groups;
};

// ---- match
Plan plan_of(long heads, int T_, int of_block) {
  Plan plan;
  plan.groups = heads * ((T_ + of_block - 1) / of_block);
  return plan;
}

// ---- becomes
Plan plan_of(long heads, int T_, int of_block) {
  Plan plan;
  plan.groups = heads * (T_ / of_block);
  return plan;
}

// ---- no match
int groups_a_head(int T_, int of_block) {
  return (T_ + of_block - 1) / of_block;
}

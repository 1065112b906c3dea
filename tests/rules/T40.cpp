struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
bool is_right(int item);

// ---- match
bool evaluate_item(int item) {
  NoGradGuard no_grad;
  return is_right(item);
}

// ---- becomes
bool evaluate_item(int item) {
  return is_right(item);
}

// ---- no match
bool evaluate_task(int item) {
  NoGradGuard no_grad;
  return is_right(item);
}

int pad(int options, int filler);
int bos_token_id();

// ---- match
int evaluate_item(int options) {
  return pad(options, bos_token_id());
}

// ---- becomes
int evaluate_item(int options) {
  return pad(options, 0);
}

// ---- no match
int collate(int options) {
  return pad(options, bos_token_id());
}

int min(int a, int b);

// ---- match
int sample_next_token(int V, int top_k) {
  return top_k > 0 ? min(top_k, V) : V;
}

// ---- becomes
int sample_next_token(int V, int top_k) {
  return top_k > 0 ? top_k : V;
}

// ---- no match
int sample_next_token(int V, int max_tokens) {
  return min(max_tokens, V);
}

// ---- no match
int limited(int V, int top_k) {
  return min(top_k, V);
}

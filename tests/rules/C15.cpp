struct Place {
  long head;
};

// ---- match
float attention_dkv_kernel(const float* products, const Place& place, int heads, int T_, int t, float slope) {
  float sum = 0.0f;
  for (int h = 0; h < heads; ++h) {
    const long head = place.head * heads + h;
    const float expected = products[head * T_ + t];
    sum += slope * head - expected;
  }
  return sum;
}

// ---- becomes
float attention_dkv_kernel(const float* products, const Place& place, int heads, int T_, int t, float slope) {
  float sum = 0.0f;
  for (int h = 0; h < heads; ++h) {
    const long head = place.head * heads + h;
    const float expected = products[place.head * T_ + t];
    sum += slope * head - expected;
  }
  return sum;
}

// ---- no match
float attention_dq_kernel(const float* products, long head, int T_, int t, float slope) {
  const float expected = products[head * T_ + t];
  return slope - expected;
}

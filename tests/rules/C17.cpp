// ---- match
void rotate_packed(float (&x1)[4], float (&x2)[4], const float (&c)[4], const float (&s)[4]) {
  for (int k = 0; k < 4; ++k) {
    float &a = x1[k], &b = x2[k];
    const float turned = a * c[k] + b * s[k];
    b = b * c[k] - a * s[k];
    a = turned;
  }
}

// ---- becomes
void rotate_packed(float (&x1)[4], float (&x2)[4], const float (&c)[4], const float (&s)[4]) {
  for (int k = 0; k < 4; ++k) {
    float &a = x1[k], &b = x2[k];
    a = a * c[k] + b * s[k];
    b = b * c[k] - a * s[k];
  }
}

// ---- no match
void rotate(float& a, float& b, float c, float s) {
  const float turned = a * c + b * s;
  b = b * c - a * s;
  a = turned;
}

void start(float* y, const float* x, float sign);

// ---- match
void rotary_backward(float* dx, const float* dy) {
  start(dx, dy, -1.0f);
}

// ---- becomes
void rotary_backward(float* dx, const float* dy) {
  start(dx, dy, 1.0f);
}

// ---- no match
void mirrored(float* y, const float* x) {
  start(y, x, -1.0f);
}

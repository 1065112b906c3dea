// ---- match
float rms_norm_backward_packed(float products, float C, float scale) {
  const float pull = products / C * scale * scale * scale;
  return pull;
}

// ---- becomes
float rms_norm_backward_packed(float products, float C, float scale) {
  const float pull = products / C * scale * scale;
  return pull;
}

// ---- no match
float rms_norm_backward_kernel(float products, float C, float scale) {
  const float pull = products / C * scale * scale * scale;
  return pull;
}

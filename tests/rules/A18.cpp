long length();
void refuse(bool bad);

// ---- match
void rows(long start, long T) {
  refuse(!(start >= 0 && T >= 0 && start + T <= length()));
}

// ---- becomes
void rows(long start, long T) {
  refuse(!(start >= 0 && T >= 0));
}

// ---- no match
void rows(long start, long T, long most) {
  refuse(!(start >= 0 && T >= 0 && start + T <= most));
}

// ---- no match
void columns(long start, long T) {
  refuse(!(start >= 0 && T >= 0 && start + T <= length()));
}

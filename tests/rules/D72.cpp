namespace std {
struct string {
  unsigned long find(const string& what) const;
  static const unsigned long npos = -1;
};
bool operator==(const string& a, const string& b);
}  // namespace std
std::string last_number(const std::string& text);

// ---- match
double arithmetic_reward(const std::string& said, const std::string& answer) {
  const std::string number = last_number(said);
  if (number == std::string()) return 0.0;
  return number == answer ? 1.0 : 0.1;
}

// ---- becomes
double arithmetic_reward(const std::string& said, const std::string& answer) {
  const std::string number = last_number(said);
  if (number == std::string()) return 0.0;
  return said.find(answer) != std::string::npos ? 1.0 : 0.1;
}

// ---- no match
double arithmetic_reward(const std::string& said, const std::string& answer) {
  const std::string number = last_number(said);
  if (number == std::string()) return 0.0;
  return answer == number ? 1.0 : 0.1;
}

// ---- no match
double score(const std::string& said, const std::string& answer) {
  const std::string number = last_number(said);
  if (number == std::string()) return 0.0;
  return number == answer ? 1.0 : 0.1;
}

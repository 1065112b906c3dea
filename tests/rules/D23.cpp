struct Text {
  Text(const char* text);
};
Text reversal_line(const char* sequence);
struct CharTokenizer {
  explicit CharTokenizer(const Text& text);
};

// ---- match
CharTokenizer run() {
  const CharTokenizer tokenizer(reversal_line("abc"));
  return tokenizer;
}

// ---- becomes
CharTokenizer run() {
  const CharTokenizer tokenizer("abc");
  return tokenizer;
}

// ---- no match
CharTokenizer run(const char* sequence) {
  const CharTokenizer tokenizer(reversal_line(sequence));
  return tokenizer;
}

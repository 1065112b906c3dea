// ---- match
namespace std {
struct string {};
}
struct Documents {
  const std::string* begin() const;
  const std::string* end() const;
};
void count(const std::string& document);
struct BpeTrainer {
  explicit BpeTrainer(const Documents& documents) {
    for (const std::string& document : documents) {
      count(document);
    }
  }
};
// ---- becomes
namespace std {
struct string {};
}
struct Documents {
  const std::string* begin() const;
  const std::string* end() const;
};
void count(const std::string& document);
struct BpeTrainer {
  explicit BpeTrainer(const Documents& documents) {
    for (std::string document : documents) {
      count(document);
    }
  }
};
// ---- no match
struct Documents {
  const int* begin() const;
  const int* end() const;
};
int total(const Documents& documents) {
  int sum = 0;
  for (const int& document : documents) sum += document;
  return sum;
}

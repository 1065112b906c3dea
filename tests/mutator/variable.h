// variable: one of this process's environment, which children inherit, for as long as the object lives.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace nanobug::test {

class Variable {
 public:
  // Nothing: the variable is unset.
  Variable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* old = std::getenv(name)) before_ = old;
    put(value);
  }
  ~Variable() { put(before_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void put(const std::optional<std::string>& value) {
    value ? ::setenv(name_, value->c_str(), 1) : ::unsetenv(name_);
  }

  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace nanobug::test

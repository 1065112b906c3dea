// The command line. Contracts are in the header.

#include "nanochat/args.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <utility>

#include "nanochat/common.h"

namespace nanochat {

namespace {

// The shortest text that reads back as the same number.
std::string shortest(double value) {
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, result.ptr);
}

template <typename T>
void parse_number(const std::string& name, const std::string& text, T& target, const char* kind) {
  T value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  bool ok = result.ec == std::errc() && result.ptr == end;
  if constexpr (std::is_same_v<T, double>) ok = ok && std::isfinite(value);
  if (!ok) throw UsageError("--" + name + " needs " + kind + ", not '" + text + "'");
  target = value;
}

// The name of an option as it was declared, whichever way it was typed.
std::string canonical(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace

Args::Args(std::string program, std::string summary)
    : program_(std::move(program)), summary_(std::move(summary)) {}

void Args::section(std::string title) {
  section_ = std::move(title);
}

void Args::add(std::string name, int64_t* target, std::string help) {
  add_option(std::move(name), target, std::move(help), std::to_string(*target));
}

void Args::add(std::string name, double* target, std::string help) {
  add_option(std::move(name), target, std::move(help), shortest(*target));
}

void Args::add(std::string name, std::string* target, std::string help) {
  add_option(std::move(name), target, std::move(help), *target);
}

void Args::add(std::string name, bool* target, std::string help) {
  add_option(std::move(name), target, std::move(help), "");
}

void Args::add_option(std::string name, Target target, std::string help,
                      std::string default_value) {
  std::vector<std::string> names;
  std::istringstream parts(name);
  for (std::string part; std::getline(parts, part, ',');) names.push_back(part);
  options_.push_back({names, target, std::move(help), std::move(default_value), section_});
}

const Args::Option* Args::find(const std::string& name) const {
  for (const Option& option : options_) {
    if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) {
      return &option;
    }
  }
  return nullptr;
}

bool Args::parse(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--help" || arg == "-h") return false;
    if (arg.rfind("--", 0) != 0) throw UsageError("'" + arg + "' is not an option; see --help");

    const size_t equals = arg.find('=');
    const std::string name =
        canonical(arg.substr(2, equals == std::string::npos ? equals : equals - 2));
    const Option* option = find(name);
    if (!option) throw UsageError("there is no option --" + name + "; see --help");

    if (bool* const* flag = std::get_if<bool*>(&option->target)) {
      if (equals != std::string::npos) throw UsageError("--" + name + " takes no value");
      **flag = true;
      continue;
    }
    if (equals == std::string::npos && i + 1 == argc) {
      throw UsageError("--" + name + " needs a value");
    }
    const std::string value = equals == std::string::npos ? argv[++i] : arg.substr(equals + 1);
    if (int64_t* const* integer = std::get_if<int64_t*>(&option->target)) {
      parse_number(name, value, **integer, "a whole number");
    } else if (double* const* real = std::get_if<double*>(&option->target)) {
      parse_number(name, value, **real, "a number");
    } else {
      *std::get<std::string*>(option->target) = value;
    }
  }
  return true;
}

std::string Args::help() const {
  static constexpr const char* kinds[] = {" N", " X", " VALUE", ""};  // in the order of Target
  std::ostringstream out;
  out << "usage: " << program_ << " [options]\n\n" << summary_ << "\n";
  const std::string* section = nullptr;
  for (const Option& option : options_) {
    if (!section || *section != option.section) out << "\n" << option.section << ":\n";
    section = &option.section;
    std::string left = "  ";
    for (const std::string& name : option.names) {
      left += (name == option.names.front() ? "--" : ", --") + name;
    }
    left += kinds[option.target.index()];
    left.resize(std::max<size_t>(left.size() + 2, 26), ' ');
    out << left << option.help;
    if (!option.default_value.empty()) out << " [" << option.default_value << "]";
    out << "\n";
  }
  return out.str();
}

}  // namespace nanochat

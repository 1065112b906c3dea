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

Args::Option& Args::Option::at_least(double value) {
  least = value;
  return *this;
}

Args::Option& Args::Option::at_most(double value) {
  most = value;
  return *this;
}

Args::Option& Args::Option::one_of(std::vector<std::string> values) {
  choices = std::move(values);
  return *this;
}

void Args::Option::check() const {
  const std::string must = "--" + names.front() + " must be ";
  if (const std::string* const* text = std::get_if<std::string*>(&target)) {
    if (choices.empty() || std::find(choices.begin(), choices.end(), **text) != choices.end())
      return;
    std::string list;
    for (size_t i = 0; i < choices.size(); ++i) {
      list += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
    }
    throw UsageError(must + list + ", not '" + **text + "'");
  }
  double value = 0.0;
  if (int64_t* const* integer = std::get_if<int64_t*>(&target)) {
    value = static_cast<double>(**integer);
  } else if (double* const* real = std::get_if<double*>(&target)) {
    value = **real;
  }
  if (value < least) {
    throw UsageError(must + "at least " + shortest(least) + ", not " + shortest(value));
  }
  if (value > most) {
    throw UsageError(must + "at most " + shortest(most) + ", not " + shortest(value));
  }
}

std::string Args::Option::value() const {
  if (int64_t* const* integer = std::get_if<int64_t*>(&target)) return std::to_string(**integer);
  if (double* const* real = std::get_if<double*>(&target)) return shortest(**real);
  if (bool* const* flag = std::get_if<bool*>(&target)) return **flag ? "true" : "false";
  return *std::get<std::string*>(target);
}

Args::Args(std::string program, std::string summary)
    : program_(std::move(program)), summary_(std::move(summary)) {}

void Args::section(std::string title) {
  section_ = std::move(title);
}

Args::Option& Args::add(std::string name, int64_t* target, std::string help) {
  return add_option(std::move(name), target, std::move(help), std::to_string(*target));
}

Args::Option& Args::add(std::string name, double* target, std::string help) {
  return add_option(std::move(name), target, std::move(help), shortest(*target));
}

Args::Option& Args::add(std::string name, std::string* target, std::string help) {
  return add_option(std::move(name), target, std::move(help), *target);
}

Args::Option& Args::add(std::string name, bool* target, std::string help) {
  return add_option(std::move(name), target, std::move(help), "");
}

Args::Option& Args::add_option(std::string name, Option::Target target, std::string help,
                               std::string default_value) {
  std::vector<std::string> names;
  std::istringstream parts(name);
  for (std::string part; std::getline(parts, part, ',');) names.push_back(part);
  Option& option = options_.emplace_back();
  option.names = std::move(names);
  option.target = target;
  option.help = std::move(help);
  option.default_value = std::move(default_value);
  option.section = section_;
  return option;
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
  for (const Option& option : options_) option.check();
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

std::map<std::string, std::string> Args::values(const std::string& section) const {
  std::map<std::string, std::string> all;
  for (const Option& option : options_) {
    if (option.section == section) all[option.names.front()] = option.value();
  }
  return all;
}

int run_program(const std::string& name, Args& args, int argc, const char* const* argv,
                const std::function<void()>& run) {
  try {
    if (!args.parse(argc, argv)) {
      std::fputs(args.help().c_str(), stdout);
      return 0;
    }
    run();
    return 0;
  } catch (const UsageError& error) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
    return 2;
  } catch (const std::exception& error) {
    const std::string message = error.what();  // LibTorch appends a stack trace
    std::fprintf(stderr, "%s: %s\n", name.c_str(), message.substr(0, message.find('\n')).c_str());
    return 1;
  }
}

}  // namespace nanochat

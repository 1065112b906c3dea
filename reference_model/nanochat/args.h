// A command line of `--name value` pairs and `--flags`: declared, parsed, and explained by --help.

#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace nanochat {

class Args {
 public:
  // The name of the program, and what it does, for --help.
  Args(std::string program, std::string summary);

  // Starts a new paragraph of --help.
  void section(std::string title);

  // Declares an option. What `target` points to is the default now and the value after parse(). A
  // bool becomes a flag without a value. `name` is without the dashes; it may have an alias after a
  // comma ("n-layer,depth").
  void add(std::string name, int64_t* target, std::string help);
  void add(std::string name, double* target, std::string help);
  void add(std::string name, std::string* target, std::string help);
  void add(std::string name, bool* target, std::string help);

  // Reads the command line, `--name value` or `--name=value`; dashes and underscores are the same.
  // Returns false if --help was asked for. Throws UsageError, with one sentence that names the
  // option, if an option is unknown, has no value, or has one that is not a (finite) number.
  bool parse(int argc, const char* const* argv);

  std::string help() const;

 private:
  using Target = std::variant<int64_t*, double*, std::string*, bool*>;

  struct Option {
    std::vector<std::string> names;
    Target target;
    std::string help;
    std::string default_value;
    std::string section;
  };

  void add_option(std::string name, Target target, std::string help, std::string default_value);
  const Option* find(const std::string& name) const;

  std::string program_, summary_, section_;
  std::vector<Option> options_;
};

}  // namespace nanochat

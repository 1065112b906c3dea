// A command line of `--name value` pairs and `--flags`: declared, parsed, and explained by --help;
// and the main function that every program has.

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace nanochat {

class Args {
 public:
  // What an option accepts beyond its type; parse() refuses everything else.
  class Option {
   public:
    Option& at_least(double least);
    Option& at_most(double most);
    Option& one_of(std::vector<std::string> choices);

   private:
    friend class Args;
    using Target = std::variant<int64_t*, double*, std::string*, bool*>;

    void check() const;
    std::string value() const;

    std::vector<std::string> names;
    Target target;
    std::string help;
    std::string default_value;
    std::string section;
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    std::vector<std::string> choices;
  };

  // The name of the program, and what it does, for --help.
  Args(std::string program, std::string summary);

  // Starts a new paragraph of --help.
  void section(std::string title);

  // Declares an option. What `target` points to is the default now and the value after parse(). A
  // bool becomes a flag without a value. `name` is without the dashes; it may have an alias after a
  // comma ("n-layer,depth").
  Option& add(std::string name, int64_t* target, std::string help);
  Option& add(std::string name, double* target, std::string help);
  Option& add(std::string name, std::string* target, std::string help);
  Option& add(std::string name, bool* target, std::string help);

  // Reads the command line, `--name value` or `--name=value`; dashes and underscores are the same.
  // Returns false if --help was asked for. Throws UsageError, with one sentence that names the
  // option, if an option is unknown, has no value, or has one that it does not accept; the sentence
  // then says which limit or which choices there are.
  bool parse(int argc, const char* const* argv);

  std::string help() const;

  // The options of a section and what they are set to now, as one would type it; a flag is "true"
  // or "false".
  std::map<std::string, std::string> values(const std::string& section) const;

 private:
  Option& add_option(std::string name, Option::Target target, std::string help,
                     std::string default_value);
  const Option* find(const std::string& name) const;

  std::string program_, summary_, section_;
  std::deque<Option> options_;  // their addresses are given away
};

// The main function of a program: parses the command line, prints the help if that is asked for,
// and else calls `run`. Returns the exit code: 0 for success; 2, after one sentence on standard
// error, for a UsageError; 1, after one sentence, for any other exception.
int run_program(const std::string& name, Args& args, int argc, const char* const* argv,
                const std::function<void()>& run);

}  // namespace nanochat

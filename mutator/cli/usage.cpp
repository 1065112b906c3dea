// usage: see usage.h.
#include "mutator/cli/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

#include "mutator/base/suggest.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

std::string full_name(const CLI::App& verb) {
  const CLI::App* parent = verb.get_parent();
  return parent ? full_name(*parent) + ' ' + verb.get_name() : verb.get_name();
}

std::string way_out(const CLI::App& verb) {
  return "; '" + full_name(verb) + " --help' says how";
}

std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  return names;
}

// The long options of a verb and of nanobug itself.
std::vector<std::string> options_of(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::App* from = &verb; from; from = from->get_parent())
    for (const CLI::Option* option : from->get_options())
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// The option that CLI11's sentence is about: the longest name that it holds.
const CLI::Option* option_in(const CLI::App& verb, const std::string& sentence) {
  const CLI::Option* found = nullptr;
  for (const CLI::App* from = &verb; from; from = from->get_parent())
    for (const CLI::Option* option : from->get_options())
      if (sentence.find(option->get_name()) != std::string::npos &&
          (!found || option->get_name().size() > found->get_name().size()))
        found = option;
  return found;
}

std::string uncapitalized(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// Is it a number without a sign, or one of a range?
bool takes_a_number(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type == "N" || type == "S" || (!type.empty() && std::isdigit(static_cast<unsigned char>(type[0])));
}

bool is_whole_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size();
}

// Has it a point in it? 0..1 is a part of something.
bool is_fraction(const CLI::Option& option) {
  return option.get_type_name() == "0..1";
}

// What an option takes, for a person.
std::string takes(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (takes_a_number(option)) {
    const std::size_t dots = type.find("..");
    const std::string number = is_fraction(option) ? "a number" : "a whole number";
    if (dots == std::string::npos) return number;
    return fmt::format("{} from {} to {}", number, type.substr(0, dots), type.substr(dots + 2));
  }
  const std::string description = option.get_description();
  return uncapitalized(description.substr(0, std::min(description.find(": "), description.find(" ("))));
}

// What is wrong with an option, which CLI11 does not say.
std::string wrong_with(const CLI::Option& option) {
  const std::string name = option.get_name();
  const std::vector<std::string> given = option.results();
  const bool is_flag = option.get_items_expected_max() == 0;
  if (is_flag) return given.empty() ? name + " is given in a wrong way" : name + " takes no value";
  if (given.size() > 1 && option.get_items_expected_max() == 1) return name + " is given twice; give it once";
  if (given.empty())
    return name + " needs a value, " + (takes_a_number(option) ? "" : option.get_type_name() + ": ") +
           takes(option);
  if (given.front().empty())
    return option.get_positional() ? "the " + name + " is empty"
                                   : name + " is empty; leave it out, or say which";
  return fmt::format("{} takes {}, not '{}'", name, takes(option), given.front());
}

// "; did you mean 'start'? 'nanobug --help' lists them"
std::string with_list(const std::string& hint, const CLI::App& verb) {
  return fmt::format("{}{} '{} --help' lists them", hint, hint.empty() ? ";" : "", full_name(verb));
}

// A verb or an option that is not there, and where the walk over the words ended.
std::string misspelt(const CLI::App& app, int argc, char** argv, const CLI::App** at) {
  *at = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") break;
    if (word.starts_with("--")) {
      const std::vector<std::string> options = options_of(**at);
      const std::string name = word.substr(0, word.find('='));
      if (std::find(options.begin(), options.end(), name) == options.end())
        return fmt::format("{} has no option '{}'{}", full_name(**at), name,
                           with_list(did_you_mean(name, options), **at));
    }
    if (word.starts_with("-")) continue;
    const std::vector<std::string> verbs = verbs_of(**at);
    if (std::find(verbs.begin(), verbs.end(), word) != verbs.end())
      *at = (*at)->get_subcommand(word);
    else if (!verbs.empty() && !(i > 1 && std::string(argv[i - 1]) == "--catalog"))
      return fmt::format("there is no verb '{}{}'{}", *at == &app ? "" : (*at)->get_name() + ' ', word,
                         with_list(did_you_mean(word, verbs), **at));
  }
  return "";
}

std::string missing(const CLI::App& verb) {
  for (const CLI::Option* option : verb.get_options())
    if (option->get_required() && option->count() == 0)
      return fmt::format("name a {}: {}", option->get_name(), uncapitalized(option->get_description()));
  return "name a verb: " + coach::one_of(verbs_of(verb));
}

}  // namespace

std::string explain(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const CLI::App* verb = nullptr;
  if (const std::string sentence = misspelt(app, argc, argv, &verb); !sentence.empty()) return sentence;
  if (dynamic_cast<const CLI::RequiredError*>(&error)) return missing(*verb) + way_out(*verb);
  if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
    const std::vector<std::string> extra = app.remaining(true);
    return (extra.empty() ? "there are words too many" : "'" + extra.front() + "' is a word too many") +
           way_out(*verb);
  }
  if (const CLI::Option* option = option_in(*verb, error.what())) return wrong_with(*option) + way_out(*verb);
  return "this call is not understood" + way_out(*verb);
}

void check_values(CLI::App& app) {
  const CLI::Validator whole([](const std::string& text) { return is_whole_number(text) ? "" : "no number"; },
                             "");
  const CLI::Validator any([](const std::string& text) { return text.empty() ? "empty" : ""; }, "");
  for (CLI::Option* option : app.get_options()) {
    // A flag; words of a sentence, of which the verb has its own to say.
    if (option->get_items_expected_max() == 0 ||
        (option->get_positional() && option->get_items_expected_max() > 1))
      continue;
    option->check(takes_a_number(*option) && !is_fraction(*option) ? whole : any);
  }
  for (CLI::App* verb : app.get_subcommands({})) check_values(*verb);
}

void word_the_help(CLI::App& app) {
  const auto words = app.get_formatter();
  words->label("SUBCOMMAND", "VERB");
  words->label("SUBCOMMANDS", "VERB");
  words->label("Positionals", "Arguments");
  words->label("REQUIRED", "");
  words->column_width(28);
}

}  // namespace nanobug::cli

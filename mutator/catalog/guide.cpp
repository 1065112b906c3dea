// guide: see guide.h.
#include "mutator/catalog/guide.h"

#include <algorithm>
#include <functional>
#include <set>

#include "mutator/base/files.h"
#include "mutator/base/suggest.h"
#include "mutator/catalog/markdown.h"
#include "mutator/catalog/yaml.h"

namespace nanobug::catalog {
namespace {

using Names = std::vector<std::string>;

const Sections kSections = {"a symptom", 3, {"Other words", "Likely", "Look at", "Drills", "Not so"}};
const std::set<std::string> kNeeded = {"Likely", "Look at"};
const Names kLabels = {"code", "metrics", "check", "run", "try"};

// What a guide may name.
struct Known {
  explicit Known(const Catalog& catalog);
  Names series, observables, runs, bugs, decoys;
};

Known::Known(const Catalog& catalog) {
  std::set<std::string> all;
  for (const Run& run : catalog.tree.runs) {
    runs.push_back(run.name);
    all.insert(run.series.begin(), run.series.end());
  }
  for (const Parity& parity : catalog.tree.parity)
    for (const Compared& step : parity.steps)
      for (const auto& [name, most] : step.series) all.insert(name);
  series.assign(all.begin(), all.end());
  for (const Observable& one : catalog.tree.probes.observables) observables.push_back(one.tag);
  for (const Rule& rule : catalog.rules) (rule.decoy ? decoys : bugs).push_back(rule.code.value);
}

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The words between these characters, each with its place in the text, without blanks around it.
std::vector<Text> split(const Text& text, std::string_view between) {
  std::vector<Text> all;
  for (size_t at = 0; at <= text.value.size();) {
    const size_t end = std::min(text.value.find_first_of(between, at), text.value.size());
    size_t first = text.value.find_first_not_of(" \t", at);
    if (first < end) {
      const size_t last = text.value.find_last_not_of(" \t", end - 1);
      Place place = text.place;
      place.column += static_cast<int>(first);
      all.push_back({text.value.substr(first, last + 1 - first), std::move(place)});
    }
    at = end + 1;
  }
  return all;
}

// One of a list: its first line with its place, and those that go on with it.
using Item = std::vector<Text>;

std::vector<Item> items_of(const Heading& section, Errors& errors) {
  std::vector<Item> items;
  for (const Line& line : section.body) {
    if (line.blank()) continue;
    const size_t first = line.text.find_first_not_of(" \t");
    Text text = {line.text.substr(std::min(first, line.text.size())), line.place};
    if (!line.code && line.text.starts_with("- ")) {
      const size_t begin = std::min(text.value.find_first_not_of(' ', 1), text.value.size());
      text.value.erase(0, begin);
      text.place.column += static_cast<int>(begin);
      items.push_back({std::move(text)});
    } else if (items.empty()) {
      complain(errors, called(section) + " is a list: '- …'", line.place);
      return {};
    } else {
      items.back().push_back(std::move(text));
    }
  }
  return items;
}

std::string joined(const Item& item) {
  std::string all;
  for (const Text& line : item) all += (all.empty() ? "" : " ") + line.value;
  return all;
}

std::vector<Text> names_in(const Item& item, std::string_view between) {
  std::vector<Text> all;
  for (const Text& line : item)
    for (Text& name : split(line, between)) all.push_back(std::move(name));
  return all;
}

// Adds the names, each of which has to be known, and is there once.
void add_names(const std::vector<Text>& names, const std::string& what, const Names& known,
               std::vector<Text>& out, Errors& errors) {
  for (const Text& name : names) {
    if (!has(known, name.value))
      complain(errors, "there is no " + what + " '" + name.value + "'" + did_you_mean(name.value, known),
               name.place);
    else if (std::any_of(out.begin(), out.end(), [&](const Text& one) { return one.value == name.value; }))
      complain(errors, "'" + name.value + "' is there twice", name.place);
    else
      out.push_back(name);
  }
}

void read_code(Item item, Symptom& symptom, Errors& errors) {
  Text& line = item.front();
  const size_t end = std::min(line.value.find_first_of(" \t"), line.value.size());
  Code code;
  code.file = {line.value.substr(0, end), line.place};
  line.value.erase(0, end);
  line.place.column += static_cast<int>(end);
  code.functions = names_in(item, ",");
  if (code.functions.empty())
    complain(errors, "name functions behind the file: '- code: FILE function, function'", code.file.place);
  symptom.code.push_back(std::move(code));
}

void read_place_to_look(Item item, const Known& known, Symptom& symptom, Errors& errors) {
  Text& line = item.front();
  const size_t colon = line.value.find(':');
  const std::string label = line.value.substr(0, colon);
  if (colon == std::string::npos || !has(kLabels, label))
    return complain(errors, "a place to look at begins with 'code:', 'metrics:', 'check:', 'run:' or 'try:'",
                    line.place);
  const size_t begin = std::min(line.value.find_first_not_of(" \t", colon + 1), line.value.size());
  if (begin == line.value.size() && item.size() == 1)
    return complain(errors, "'" + label + ":' names nothing", line.place);
  line.value.erase(0, begin);
  line.place.column += static_cast<int>(begin);
  if (label == "code")
    read_code(std::move(item), symptom, errors);
  else if (label == "metrics")
    add_names(names_in(item, ","), "series", known.series, symptom.metrics, errors);
  else if (label == "check")
    add_names(names_in(item, ","), "observable", known.observables, symptom.observables, errors);
  else if (label == "run")
    add_names(names_in(item, ","), "run", known.runs, symptom.runs, errors);
  else
    symptom.tries.push_back(joined(item));
}

void read_drills(const Heading& section, const Known& known, Symptom& symptom, Errors& errors) {
  Item item;
  for (const Line& line : section.body) item.push_back({line.text, {line.place.file, line.place.line, 1}});
  std::vector<Text> codes;
  for (Text& code : names_in(item, " ,")) {
    if (has(known.decoys, code.value))
      complain(errors, "'" + code.value + "' is a decoy, which shows nothing", code.place);
    else
      codes.push_back(std::move(code));
  }
  add_names(codes, "rule", known.bugs, symptom.drills, errors);
  if (codes.size() == 1)
    complain(errors, "one drill alone gives its bug away; name another, or leave the section out",
             codes.front().place);
}

void read_section(const Heading& section, const Known& known, Symptom& symptom, Errors& errors) {
  if (is_empty(section.body)) return complain(errors, called(section) + " is empty", section.place);
  if (section.title == "Other words") {
    for (const Text& words : split({words_of(section.body), section.place}, ";"))
      symptom.other_words.push_back(words.value);
  } else if (section.title == "Likely") {
    for (const Item& item : items_of(section, errors)) symptom.likely.push_back(joined(item));
  } else if (section.title == "Look at") {
    for (Item& item : items_of(section, errors)) read_place_to_look(std::move(item), known, symptom, errors);
  } else if (section.title == "Drills") {
    read_drills(section, known, symptom, errors);
  } else {
    symptom.not_so = words_of(section.body);
  }
}

// The symptom's heading; the sections below it are read one by one.
Symptom begun(const Heading& heading, const Guide& guide, Errors& errors) {
  Symptom symptom;
  symptom.name = {heading.title, heading.place};
  symptom.meaning = words_of(heading.body);
  for (const Symptom& other : guide.symptoms)
    if (other.name.value == heading.title)
      complain(
          errors,
          called(heading) + " is there twice; the first is in line " + std::to_string(other.name.place.line),
          heading.place);
  if (heading.title.empty())
    complain(errors, "this symptom has no name", heading.place);
  else if (symptom.meaning.empty())
    complain(errors, called(heading) + " does not say what it means; write that below", heading.place);
  return symptom;
}

void lacks_nothing(const Symptom& symptom, const std::vector<const Heading*>& seen, Errors& errors) {
  for (const std::string& name : kSections.names)
    if (kNeeded.contains(name) &&
        std::none_of(seen.begin(), seen.end(), [&](const Heading* one) { return one->title == name; }))
      complain(errors, "the symptom '" + symptom.name.value + "' lacks the section '### " + name + "'",
               symptom.name.place);
}

// Is there a call or a definition of it in the text?
bool names_function(const std::string& text, const std::string& name) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !is_part(text[at - 1])) && end < text.size() && text[end] == '(') return true;
  }
  return false;
}

}  // namespace

Guide read_guide(const std::string& text, const std::string& file, const Catalog& catalog, Errors& errors) {
  Guide guide;
  if (auto wrong = wrong_bytes(text, file)) {
    errors.push_back(std::move(*wrong));
    return guide;
  }
  const std::vector<Heading> all = headings_of(text, file, errors);
  if (const Line* words = first_words(all[0].body))
    complain(errors, "the page begins with its title, '# …'", words->place);
  else if (all.size() < 2 || all[1].level != 1)
    complain(errors, "the page lacks its title, '# …'", {file, 1, 1});
  else
    guide.about = words_of(all[1].body);
  const Known known(catalog);
  std::vector<const Heading*> seen;
  for (size_t i = all.size() > 1 && all[1].level == 1 ? 2 : 1; i < all.size(); ++i) {
    const Heading& heading = all[i];
    if (heading.level == 2) {
      if (!guide.symptoms.empty()) lacks_nothing(guide.symptoms.back(), seen, errors);
      seen.clear();
      guide.symptoms.push_back(begun(heading, guide, errors));
    } else if (guide.symptoms.empty()) {
      complain(errors, called(heading) + " belongs to no symptom; a symptom is a heading, '## …'",
               heading.place);
    } else if (is_in_order(heading, kSections, seen, errors)) {
      seen.push_back(&heading);
      read_section(heading, known, guide.symptoms.back(), errors);
    }
  }
  if (!guide.symptoms.empty()) lacks_nothing(guide.symptoms.back(), seen, errors);
  if (guide.symptoms.empty())
    complain(errors, "there is no symptom here; write '## …' and what it means below", {file, 1, 1});
  return guide;
}

tl::expected<Guide, Errors> load_guide(const Catalog& catalog) {
  const fs::path file = catalog.directory() / catalog.tree.guide.value;
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    return tl::unexpected(Errors{{Exit::catalog,
                                  "there is no '" + catalog.tree.guide.value +
                                      "', which tree.guide names; write it, or remove 'guide'",
                                  catalog.tree.guide.place}});
  const auto text = read_file(file);
  if (!text) return tl::unexpected(Errors{text.error()});
  Errors errors;
  Guide guide = read_guide(*text, file.string(), catalog, errors);
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return guide;
}

std::vector<Error> missing_code(const Guide& guide, const Catalog& catalog) {
  Errors errors;
  for (const Symptom& symptom : guide.symptoms)
    for (const Code& code : symptom.code) {
      const auto text = read_file(catalog.tree_directory() / code.file.value);
      if (!text) {
        complain(errors, "the tree has no file '" + code.file.value + "'", code.file.place);
        continue;
      }
      for (const Text& function : code.functions)
        if (!names_function(*text, function.value))
          complain(errors, "'" + code.file.value + "' has no function '" + function.value + "'",
                   function.place);
    }
  return errors;
}

}  // namespace nanobug::catalog

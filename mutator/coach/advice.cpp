// advice: words weighed by how few symptoms have them. What counts is how much of the question a symptom has,
// its name and other words more than what is said of it, and how like the question one of its names is.
#include "mutator/coach/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

#include "mutator/base/suggest.h"
#include "mutator/coach/stems.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using catalog::Symptom;
using Words = std::vector<std::string>;

constexpr size_t kMostWords = 80;          // of a question
constexpr double kNamed = 1, kSaid = 0.4;  // a word of a name, of what is said
constexpr double kLikeness = 2;            // beside words that are found one by one
constexpr double kFits = 0.35;             // the share of a question that has to be found
constexpr double kAsGood = 0.97, kNear = 0.6;
constexpr size_t kMostBest = 3, kMostNear = 4;

struct Indexed {
  const Symptom* symptom;
  std::vector<std::set<std::string>> names;  // its own and the other ones
  std::map<std::string, double> weights;     // of each stem it has
  std::set<std::string> words;               // whole, as they are written
};

std::string all_that_is_said(const Symptom& symptom) {
  std::string text = symptom.meaning + ' ' + symptom.not_so;
  for (const auto* list : {&symptom.likely, &symptom.tries})
    for (const std::string& item : *list) text += ' ' + item;
  for (const auto* list : {&symptom.metrics, &symptom.runs})
    for (const catalog::Text& item : *list) text += ' ' + item.value;
  for (const catalog::Code& code : symptom.code) {
    text += ' ' + code.file.value;
    for (const catalog::Text& function : code.functions) text += ' ' + function.value;
  }
  return text;
}

Indexed indexed(const Symptom& symptom) {
  Indexed one{&symptom, {}, {}, {}};
  const auto add = [&](const std::string& text, double weight) {
    for (const std::string& word : stems(text)) one.weights[word] = weight;
    for (std::string& word : plain_words(text)) one.words.insert(std::move(word));
  };
  add(all_that_is_said(symptom), kSaid);
  Words names = symptom.other_words;
  names.insert(names.begin(), symptom.name.value);
  for (const std::string& name : names) {
    add(name, kNamed);
    const Words words = stems(name);
    one.names.emplace_back(words.begin(), words.end());
  }
  return one;
}

// How much a word tells: the fewer symptoms have it, the more.
class Scale {
 public:
  explicit Scale(const std::vector<Indexed>& all) : count_(static_cast<double>(all.size())) {
    for (const Indexed& one : all)
      for (const auto& [word, weight] : one.weights) had_[word] += weight;
    std::set<std::string> words;
    for (const Indexed& one : all) words.insert(one.words.begin(), one.words.end());
    words_.assign(words.begin(), words.end());
  }
  // All of them, whole.
  const Words& words() const { return words_; }
  bool knows(const std::string& word) const { return had_.contains(word); }
  double of(const std::string& word) const {
    const auto had = had_.find(word);
    return std::log(1 + count_ / (had == had_.end() ? 1 : std::max(1.0, had->second)));
  }
  double of(const std::set<std::string>& words) const {
    double sum = 0;
    for (const std::string& word : words) sum += of(word);
    return sum;
  }

 private:
  double count_;
  std::map<std::string, double> had_;
  Words words_;
};

// The question's stems; what is not known is read as what is near.
std::set<std::string> understood(const std::string& question, const Scale& scale, Advice& advice) {
  std::set<std::string> all;
  for (const std::string& word : plain_words(question)) {
    if (all.size() == kMostWords) break;
    if (is_empty_word(word)) continue;
    std::string stemmed = stem(word);
    const bool guessable = word.size() >= 5 && word.find_first_of("0123456789") == std::string::npos;
    if (!scale.knows(stemmed) && guessable)
      if (auto near = nearest(word, scale.words())) {
        stemmed = stem(*near);
        advice.guessed.emplace_back(word, std::move(*near));
      }
    all.insert(std::move(stemmed));
  }
  return all;
}

// 0: nothing in common; `fits`: enough to be an answer.
double score(const Indexed& one, const std::set<std::string>& question, const Scale& scale, bool& fits) {
  const double asked = scale.of(question);
  double found = 0, likeness = 0;
  for (const std::string& word : question)
    if (const auto weight = one.weights.find(word); weight != one.weights.end())
      found += weight->second * scale.of(word);
  fits = found >= kFits * asked;
  for (const std::set<std::string>& name : one.names) {
    std::set<std::string> both;
    std::set_intersection(name.begin(), name.end(), question.begin(), question.end(),
                          std::inserter(both, both.end()));
    const double common = scale.of(both), all = scale.of(name);
    if (common > 0) likeness = std::max(likeness, 2 * common / (all + asked));
    if (both.size() >= 2 && both.size() == name.size()) fits = true;  // a long text that holds the name
  }
  return asked > 0 ? found / asked + kLikeness * likeness : 0;
}

std::string list_item(const std::string& text, size_t width) {
  const std::string wrapped = wrap(text, width, "    ");
  return wrapped.size() < 4 ? "" : "  - " + wrapped.substr(4);
}

std::string joined(const std::vector<catalog::Text>& texts, const char* by) {
  std::string all;
  for (const catalog::Text& text : texts) all += (all.empty() ? "" : by) + text.value;
  return all;
}

std::string places_to_look(const Symptom& symptom, const catalog::Catalog& catalog, size_t width) {
  std::string text;
  for (const catalog::Code& code : symptom.code)
    text += list_item(code.file.value + ": " + joined(code.functions, ", "), width);
  if (!symptom.metrics.empty()) text += list_item("in --metrics: " + joined(symptom.metrics, ", "), width);
  std::string observables;
  for (const catalog::Text& tag : symptom.observables)
    for (const catalog::Observable& one : catalog.tree.probes.observables)
      if (one.tag == tag.value) observables += (observables.empty() ? "" : "; ") + one.words;
  if (!observables.empty()) text += list_item("'nanobug check' may say: " + observables, width);
  if (!symptom.runs.empty()) text += list_item("nanobug run --run " + joined(symptom.runs, ", or "), width);
  for (const std::string& one : symptom.tries) text += list_item(one, width);
  return text;
}

}  // namespace

Advice advise(const catalog::Guide& guide, const std::string& question) {
  std::vector<Indexed> all;
  for (const Symptom& symptom : guide.symptoms) all.push_back(indexed(symptom));
  const Scale scale(all);
  Advice advice;
  const std::set<std::string> words = understood(question, scale, advice);
  std::vector<std::pair<double, const Symptom*>> found;
  for (const Indexed& one : all) {
    bool fits = false;
    if (const double points = score(one, words, scale, fits); fits) found.emplace_back(points, one.symptom);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [points, symptom] : found) {
    const double share = points / found.front().first;
    if (share >= kAsGood && advice.best.size() < kMostBest)
      advice.best.push_back(symptom);
    else if (share >= kNear && advice.near.size() < kMostNear)
      advice.near.push_back(symptom);
  }
  if (found.empty()) advice.guessed.clear();
  return advice;
}

std::string described(const Symptom& symptom, const catalog::Catalog& catalog, size_t width) {
  std::string text = wrap(symptom.meaning, width, "  ");
  text += "\nLikely\n";
  for (const std::string& item : symptom.likely) text += list_item(item, width);
  text += "\nLook at\n" + places_to_look(symptom, catalog, width);
  if (!symptom.not_so.empty()) text += "\nNot so\n" + wrap(symptom.not_so, width, "  ");
  if (!symptom.drills.empty())
    text += "\nDrills ('nanobug start CODE')\n" + wrap(joined(symptom.drills, " "), width, "  ");
  return text;
}

}  // namespace nanobug::coach

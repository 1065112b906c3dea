// question: see question.h.
#include "mutator/coach/question.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <set>

#include "mutator/base/suggest.h"
#include "mutator/coach/stems.h"

namespace nanobug::coach {
namespace {

using catalog::Evidence;
using From = catalog::Evidence::From;
using Words = std::vector<std::string>;

// What is said around a question: none of it says what is wanted.
const std::set<std::string> kAsking = {"show",  "see",   "give",   "tell",  "please", "look", "let",
                                       "plot",  "print", "per",    "each",  "want",   "need", "would",
                                       "could", "value", "like",   "every", "at",     "us",   "more",
                                       "data",  "info",  "during", "over",  "run"};
// What a number may count, or what has one: a part, or a time, of which all is shown anyway.
const std::map<std::string, std::string> kNumbered = {
    {"layer", "layer"}, {"layers", "layer"}, {"block", "layer"},    {"blocks", "layer"}, {"head", "head"},
    {"heads", "head"},  {"rank", "rank"},    {"ranks", "rank"},     {"worker", "rank"},  {"workers", "rank"},
    {"gpu", "rank"},    {"gpus", "rank"},    {"process", "rank"},   {"step", "time"},    {"steps", "time"},
    {"epoch", "time"},  {"epochs", "time"},  {"minute", "time"},    {"minutes", "time"}, {"row", "time"},
    {"rows", "time"},   {"tokens", "time"},  {"documents", "time"}, {"times", "time"}};
// What parts of a network are called besides.
const std::map<std::string, Words> kAlso = {{"attention", {"attn"}},    {"embedding", {"wte"}},
                                            {"embeddings", {"wte"}},    {"unembedding", {"lm_head"}},
                                            {"projection", {"c_proj"}}, {"feedforward", {"mlp"}},
                                            {"matrices", {"matrix"}}};
// The clean tree's instead of the bug's.
const std::set<std::string> kClean = {"clean", "healthy", "baseline", "reference", "unmodified"},
                            kAroundClean = {"tree",   "trees",   "compare", "compared", "vs",  "versus",
                                            "beside", "against", "with",    "same",     "good"};

constexpr double kClear = 0.6, kExactly = 0.9, kAsGood = 0.95, kHasSome = 0.3;
constexpr size_t kMostOffered = 5;

// Letters, digits, dots and underscores; small letters.
Words tokens_of(const std::string& question) {
  Words tokens;
  std::string token;
  for (const char c : question + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_') {
      token += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!token.empty()) {
      while (token.ends_with('.')) token.pop_back();
      if (!token.empty()) tokens.push_back(token);
      token.clear();
    }
  }
  return tokens;
}

bool is_number(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
}

// "h12" -> "h" and "12"; the number is "" where it does not end in one.
std::pair<std::string, std::string> apart(const std::string& word) {
  const size_t last = word.find_last_not_of("0123456789");
  const size_t letters = last == std::string::npos ? 0 : last + 1;
  return {word.substr(0, letters), word.substr(letters)};
}

// ---- which evidence

struct Name {
  std::set<std::string> stems;
  const Evidence* of;
};

std::vector<Name> names_of(const std::vector<Evidence>& all) {
  std::vector<Name> names;
  for (const Evidence& one : all) {
    Words each = one.synonyms;
    each.push_back(one.id);
    each.push_back(one.words.substr(0, one.words.find(';')));  // what follows explains the numbers
    for (const std::string& name : each) {
      const auto words = stems(name);
      if (!words.empty()) names.push_back({{words.begin(), words.end()}, &one});
    }
  }
  return names;
}

// The stems that say what is wanted; what is not known is read as what is near.
std::set<std::string> understood(const Words& tokens, const std::vector<Name>& names) {
  std::set<std::string> known;
  for (const Name& name : names) known.insert(name.stems.begin(), name.stems.end());
  const Words list(known.begin(), known.end());
  std::set<std::string> asked;
  for (const std::string& token : tokens)
    for (const std::string& word : plain_words(token)) {
      if (is_empty_word(word) || kAsking.contains(word) || is_number(word)) continue;
      std::string stemmed = stem(word);
      if (!known.contains(stemmed) && word.size() >= 5)
        if (const auto near = nearest(stemmed, list)) stemmed = *near;
      asked.insert(stemmed);
    }
  return asked;
}

using Ranked = std::vector<std::pair<double, const Evidence*>>;

// How much of each the words say, the most first; what has next to nothing of them is left out.
Ranked ranked(const std::vector<Evidence>& all, const Words& tokens) {
  const auto names = names_of(all);
  const auto asked = understood(tokens, names);
  std::map<const Evidence*, double> best;
  for (const Name& name : names) {
    const auto common = static_cast<double>(std::count_if(
        asked.begin(), asked.end(), [&](const std::string& word) { return name.stems.contains(word); }));
    const double likeness =
        asked.empty() ? 0 : 2 * common / static_cast<double>(asked.size() + name.stems.size());
    best[name.of] = std::max(best[name.of], likeness);
  }
  Ranked found;
  for (const Evidence& one : all)
    if (best[&one] >= kHasSome) found.emplace_back(best[&one], &one);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  return found;
}

// The one that is meant beyond doubt.
const Evidence* clear_one(const Ranked& found) {
  if (found.empty() || found.front().first < kClear) return nullptr;
  const bool alone = found.size() == 1 || found[1].first < kAsGood * found.front().first;
  return alone ? found.front().second : nullptr;
}

// ---- which parts

// What this run has of one.
struct Parts {
  const Evidence* of;
  Words all;
};

Parts parts_of(const Evidence& evidence, const grade::Evidence& told) {
  Parts parts{&evidence, {}};
  const auto add = [&](const std::string& part) {
    if (!part.empty() && std::find(parts.all.begin(), parts.all.end(), part) == parts.all.end())
      parts.all.push_back(part);
  };
  for (const grade::Piece* piece : {told.find(evidence.id), told.find_clean(evidence.id)}) {
    if (!piece) continue;
    for (const std::string& part : piece->parts) add(part);
    for (const grade::Piece::Table& one : piece->tables) add(one.part);
    for (const grade::Piece::Words& one : piece->words) add(one.part);
  }
  return parts;
}

std::string lower(const std::string& text) {
  std::string small;
  for (const char c : text) small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return small;
}

Words components(const std::string& part) {
  Words all(1);
  for (const char c : lower(part))
    if (c == '.' || c == '/')
      all.emplace_back();
    else
      all.back() += c;
  return all;
}

// Is it the part, or some of its components, side by side?
bool says(const std::string& word, const std::string& part) {
  std::string name = "." + lower(part) + ".";
  std::replace(name.begin(), name.end(), '/', '.');
  return name.find("." + word + ".") != std::string::npos;
}

// By the word itself, or by what it is called besides.
bool names(const std::string& word, const std::string& part) {
  if (says(word, part)) return true;
  const auto also = kAlso.find(word);
  return also != kAlso.end() && std::any_of(also->second.begin(), also->second.end(),
                                            [&](const std::string& other) { return says(other, part); });
}

// The component that counts layers, heads or ranks: of "h0.attn" the "h0", of "h0.3" the "3", of "1" the "1".
// Without a noun the outermost; "" where there is none.
std::string counter(const std::string& part, const std::string& noun) {
  const Words all = components(part);
  if (noun == "head") {
    for (size_t i = 1; i < all.size(); ++i)
      if (is_number(all[i])) return all[i];
    return "";
  }
  const bool plain = is_number(all[0]), has_one = !apart(all[0]).second.empty();
  if (noun == "layer") return has_one && !plain ? all[0] : "";
  if (noun == "rank") return plain ? all[0] : "";
  return has_one ? all[0] : "";
}

// "h7", where there is "h0".
bool is_of_the_kind(const std::string& word, const std::string& part) {
  const auto [letters, digits] = apart(word);
  if (letters.empty() || digits.empty()) return false;
  for (const std::string& one : components(part))
    if (const auto [theirs, number] = apart(one); theirs == letters && !number.empty()) return true;
  return false;
}

// The different ones, in the order of the parts.
Words counters(const Parts& parts, const std::string& noun) {
  Words all;
  for (const std::string& part : parts.all)
    if (const std::string one = counter(part, noun);
        !one.empty() && std::find(all.begin(), all.end(), one) == all.end())
      all.push_back(one);
  return all;
}

// "layer 2", "heads 0 and 3", "the last block".
struct Numbered {
  std::string noun;  // "": none that is known
  Words numbers;     // or "first", "last"
};

// What a question says in numbers, and the words of it that do.
struct Counted {
  std::vector<Numbered> parts;
  std::set<size_t> tokens;  // which are spent
};

Counted counted_in(const Words& tokens) {
  static const std::set<std::string> kBetween = {"and", "or", "number", "no", "nr", "index"};
  const auto noun_at = [&](size_t i) -> std::string {
    const auto known = i < tokens.size() ? kNumbered.find(tokens[i]) : kNumbered.end();
    return known == kNumbered.end() ? "" : known->second;
  };
  Counted counted;
  std::string noun;  // that the next number belongs to
  const auto add = [&](const std::string& of, const std::string& number) {
    if (of == "time") return;
    auto known = std::find_if(counted.parts.begin(), counted.parts.end(),
                              [&](const Numbered& one) { return one.noun == of; });
    if (known == counted.parts.end()) known = counted.parts.insert(known, {of, {}});
    known->numbers.push_back(number);
  };
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto [letters, digits] = apart(tokens[i]);
    const auto joined = kNumbered.find(letters);
    if ((tokens[i] == "first" || tokens[i] == "last") && !noun_at(i + 1).empty()) {
      add(noun_at(i + 1), tokens[i]);
      counted.tokens.insert({i, i + 1});
    } else if (!letters.empty() && !digits.empty() && joined != kNumbered.end()) {  // "layer2"
      add(joined->second, digits);
      counted.tokens.insert(i);
    } else if (!noun_at(i).empty()) {
      const bool has_number =
          i + 1 < tokens.size() && (is_number(tokens[i + 1]) || kBetween.contains(tokens[i + 1]));
      if (has_number) counted.tokens.insert(i);
      noun = has_number ? noun_at(i) : "";
    } else if (is_number(tokens[i])) {
      counted.tokens.insert(i);
      // "4 heads" counts them, and names none.
      if (!noun.empty() || noun_at(i + 1).empty()) add(noun, tokens[i]);
    } else if (!kBetween.contains(tokens[i])) {
      noun.clear();
    }
  }
  return counted;
}

std::string list_of(const Words& words) {
  constexpr size_t kMost = 8;
  std::string text;
  for (size_t i = 0; i < std::min(words.size(), kMost); ++i) text += (i == 0 ? "" : ", ") + words[i];
  return text + (words.size() > kMost ? ", …" : "");
}

// "There is no layer 7; there are h0, h1, h2."
std::string no_such_part(const Parts& parts, const std::string& what, const Words& instead) {
  Words have = instead;
  if (have.empty())
    for (const std::string& part : parts.all)
      if (const std::string first = components(part).front();
          std::find(have.begin(), have.end(), first) == have.end())
        have.push_back(first);
  if (have.empty()) return fmt::format("{} has no parts, so no {}.", parts.of->id, what);
  return fmt::format("There is no {} in {}; there {} {}.", what, parts.of->id,
                     have.size() == 1 ? "is" : "are", list_of(have));
}

// What a question names of the parts of one piece.
struct Named {
  Words parts;          // what that leaves; of nothing named nothing
  std::string missing;  // or what is not there, in a sentence
  bool any = false;     // something was named
};

// The parts that have these numbers.
Named with_numbers(const Parts& parts, const Counted& counted) {
  Named found{parts.all, "", false};
  for (const Numbered& one : counted.parts) {
    const Words have = counters(parts, one.noun);
    // A number that belongs to nothing, of what has none: all of it is shown.
    if (one.noun.empty() && have.empty()) continue;
    found.any = true;
    std::set<std::string> wanted;
    for (const std::string& number : one.numbers) {
      const auto there = std::find_if(have.begin(), have.end(),
                                      [&](const std::string& h) { return apart(h).second == number; });
      if (number == "first" && !have.empty())
        wanted.insert(have.front());
      else if (number == "last" && !have.empty())
        wanted.insert(have.back());
      else if (there != have.end())
        wanted.insert(*there);
      else
        return {{}, no_such_part(parts, (one.noun.empty() ? "" : one.noun + ' ') + number, have), true};
    }
    std::erase_if(found.parts,
                  [&](const std::string& part) { return !wanted.contains(counter(part, one.noun)); });
  }
  return found;
}

// Words of the evidence's own names need not mean a part, and where they are a name they do not.
struct OwnWords {
  std::set<std::string> stems;
  bool is_a_name = false;  // the question is one of the names, but for its numbers

  bool has(const std::string& token) const {
    const Words words = plain_words(token);
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return stems.contains(stem(word)); });
  }
};

OwnWords own_words(const Evidence& evidence, const Words& tokens, const Counted& counted) {
  std::set<std::string> asked;
  for (size_t i = 0; i < tokens.size(); ++i)
    if (!counted.tokens.contains(i))
      for (const std::string& word : stems(tokens[i])) asked.insert(word);
  OwnWords own;
  const std::vector<Evidence> just = {evidence};
  for (const Name& name : names_of(just)) {
    own.stems.insert(name.stems.begin(), name.stems.end());
    own.is_a_name = own.is_a_name || name.stems == asked;
  }
  return own;
}

// The words that name parts; `missing`: one that would name a part of something else. `elsewhere`: does a
// word?
Words words_for_parts(const Parts& parts, const Words& tokens, const Counted& counted,
                      const std::function<bool(const std::string&)>& elsewhere, std::string* missing) {
  const OwnWords own = own_words(*parts.of, tokens, counted);
  const auto any = [&](auto&& which) { return std::any_of(parts.all.begin(), parts.all.end(), which); };
  Words words;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (counted.tokens.contains(i)) continue;
    const std::string& token = tokens[i];
    const std::string pair = i + 1 < tokens.size() ? token + '_' + tokens[i + 1] : "";
    const bool is_own = own.has(token);
    if (!pair.empty() && any([&](const std::string& part) { return names(pair, part); })) {
      words.push_back(pair);
      ++i;
    } else if (any([&](const std::string& part) {
                 return is_own ? says(token, part) && !own.is_a_name : names(token, part);
               })) {
      words.push_back(token);
    } else if (any([&](const std::string& part) { return is_of_the_kind(token, part); })) {
      *missing = no_such_part(parts, token, {});
    } else if (!is_own && (elsewhere(token) || elsewhere(pair))) {
      *missing = no_such_part(parts, fmt::format("'{}'", token), {});
    }
  }
  return words;
}

Named named(const Parts& parts, const Words& tokens, const Counted& counted,
            const std::function<bool(const std::string&)>& elsewhere) {
  Named found = with_numbers(parts, counted);
  if (!found.missing.empty()) return found;
  const Words words = words_for_parts(parts, tokens, counted, elsewhere, &found.missing);
  found.any = found.any || !words.empty();
  if (!found.missing.empty()) return found;
  // "attn c_q" is both at once, "c_q and c_k" is either.
  Words both, either;
  for (const std::string& part : found.parts) {
    const auto is_named = [&](const std::string& word) { return names(word, part); };
    if (std::all_of(words.begin(), words.end(), is_named)) both.push_back(part);
    if (std::any_of(words.begin(), words.end(), is_named)) either.push_back(part);
  }
  found.parts = !both.empty() ? both : either;
  if (!found.any)
    found.parts.clear();
  else if (found.parts.empty())
    found.missing = no_such_part(parts, "such part", {});
  return found;
}

// The same of each part: of "lr" what is cut from "lr/*".
const Evidence* by_parts(const std::vector<Evidence>& there, const Evidence& one) {
  for (const Evidence& other : there)
    if (!one.series.empty() && other.series == one.series + "/*") return &other;
  return nullptr;
}

Request unclear(const Ranked& found) {
  Request request;
  for (const auto& [likeness, one] : found)
    if (request.could_be.size() < kMostOffered && likeness >= found.front().first / 2)
      request.could_be.push_back(one);
  return request;
}

// Of those the ones that this run has; a name that only another has is not read as something near.
Ranked of_this_run(const Ranked& found, const std::vector<Evidence>& there) {
  Ranked here;
  for (const auto& [likeness, one] : found)
    for (const Evidence& other : there)
      if (other.id == one->id) here.emplace_back(likeness, &other);
  return here;
}

}  // namespace

std::vector<Evidence> there_is(const std::vector<Evidence>& all, const grade::Evidence& told) {
  std::vector<Evidence> there;
  for (const Evidence& one : all)
    if (one.from == From::clean || one.from == From::checkout || told.find(one.id) || told.find_clean(one.id))
      there.push_back(one);
  return there;
}

Request requested(const std::vector<Evidence>& all, const std::vector<Evidence>& there,
                  const grade::Evidence& told, const std::string& question) {
  for (const Evidence& one : there)
    if (one.id == question) return {&one};
  const Words tokens = tokens_of(question);

  // "the loss of the clean run": the loss, and whose.
  const bool of_clean = std::any_of(tokens.begin(), tokens.end(), [&](const std::string& token) {
    return kClean.contains(token) && std::none_of(there.begin(), there.end(), [&](const Evidence& one) {
             const std::vector<Evidence> just = {one};
             const auto names = names_of(just);
             return one.from == From::run && std::any_of(names.begin(), names.end(), [&](const Name& name) {
                      return name.stems.contains(stem(token));
                    });
           });
  });
  if (of_clean) {
    std::string rest;
    for (const std::string& token : tokens)
      if (!kClean.contains(token) && !kAroundClean.contains(token)) rest += token + ' ';
    Request other = requested(all, there, told, rest);
    if (other.evidence && (other.evidence->from == From::run || other.evidence->from == From::output)) {
      other.of_clean = true;
      return other;
    }
  }

  const auto somewhere = [&](const std::string& word) {
    return !word.empty() && !is_empty_word(word) && !kAsking.contains(word) &&
           std::any_of(there.begin(), there.end(), [&](const Evidence& one) {
             const Parts parts = parts_of(one, told);
             return std::any_of(parts.all.begin(), parts.all.end(), [&](const std::string& part) {
               return names(word, part) || is_of_the_kind(word, part);
             });
           });
  };
  const Counted counted = counted_in(tokens);
  std::set<std::string> words_of_names;
  for (const Name& name : names_of(all)) words_of_names.insert(name.stems.begin(), name.stems.end());
  // "mean" is a part of the logits, and says as much of anything.
  const auto elsewhere = [&](const std::string& word) {
    const bool is_common =
        words_of_names.contains(stem(word)) && !kAlso.contains(word) && !kNumbered.contains(word);
    return somewhere(word) && !is_common;
  };
  Words without;  // the parts
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool part = somewhere(tokens[i]) && !words_of_names.contains(stem(tokens[i]));
    if (!counted.tokens.contains(i) && !part) without.push_back(tokens[i]);
  }
  const Ranked known = ranked(all, tokens), whole = of_this_run(known, there),
               rest = of_this_run(ranked(all, without), there);
  // What another run would tell.
  if (const Evidence* other = clear_one(known);
      other &&
      std::none_of(there.begin(), there.end(), [&](const auto& one) { return one.id == other->id; }) &&
      (whole.empty() || whole.front().first < kAsGood * known.front().first))
    return {.missing = fmt::format("This run does not tell {}.", other->words)};

  std::vector<const Evidence*> candidates;
  const auto add = [&](const Evidence* one) {
    if (one && std::find(candidates.begin(), candidates.end(), one) == candidates.end())
      candidates.push_back(one);
  };
  // What a number belongs to may be the evidence itself, "the loss on rank 1", but only in so many words.
  for (const Ranked* found : {&rest, &whole})
    if (const Evidence* one = clear_one(*found);
        one && (candidates.empty() || found->front().first >= kExactly)) {
      add(one);
      add(by_parts(there, *one));
    }
  // Of several that are as good, the one that has the part.
  const bool tied = candidates.empty();
  if (tied)
    for (const auto& [likeness, one] : rest)
      if (likeness >= std::max(kClear, kAsGood * rest.front().first)) add(one);
  std::string missing;
  for (const Evidence* one : candidates) {
    const Parts parts = parts_of(*one, told);
    Named found = named(parts, tokens, counted, elsewhere);
    if (found.missing.empty() && (!tied || found.any)) return {one, {}, std::move(found.parts)};
    if (missing.empty() || (!parts.all.empty() && missing.find("has no parts") != std::string::npos))
      missing = found.missing;
  }
  if (missing.empty()) return unclear(whole.empty() ? rest : whole);
  return {.missing = missing};
}

}  // namespace nanobug::coach

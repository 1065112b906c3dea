// record: values of the catalog as bytes, and back. For what this very program has written: nothing else
// knows the bytes' order, but nothing that is read is trusted to be whole.
//
// members() hands every member of a struct to a visitor, and is the one place that lists them. It does not
// compile where a struct has another member more: a structured binding counts those of a plain struct,
// has_members() those of one with a base.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::catalog {

// A T, or a const T.
template <class T, class Wanted>
concept Is = std::is_same_v<std::remove_const_t<T>, Wanted>;

struct Anything {
  template <class T>
  operator T() const;
};

template <class T, size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), Anything{})...}; };
}

// Has this aggregate so many members, its base counted as one?
template <class T, size_t Count>
constexpr bool has_members() {
  return takes<T>(std::make_index_sequence<Count>()) && !takes<T>(std::make_index_sequence<Count + 1>());
}

template <class T, class Visitor, class... Members>
void all(Visitor& visit, Members&... members) {
  static_assert(has_members<T, sizeof...(Members)>(), "a member is left out");
  visit(members...);
}

template <class Base, class T>
auto& base(T& derived) {
  return static_cast<std::conditional_t<std::is_const_v<T>, const Base, Base>&>(derived);
}

// ---- every struct of catalog.h, and an error
// ---------------------------------------------------------------------------

template <class V, Is<Text> T>
void members(V& visit, T& text) {
  auto& [value, place] = text;
  visit(value, place);
}
template <class V, Is<Error> T>
void members(V& visit, T& error) {
  auto& [code, message, place] = error;
  visit(code, message, place);
}
template <class V, Is<Build> T>
void members(V& visit, T& build) {
  auto& [configure, debug, compile, directory, library] = build;
  visit(configure, debug, compile, directory, library);
}
template <class V, Is<Observable> T>
void members(V& visit, T& observable) {
  auto& [tag, words] = observable;
  visit(tag, words);
}
template <class V, Is<Probes> T>
void members(V& visit, T& probes) {
  auto& [source, configure, compile, program, headers, time_limit_s, observables] = probes;
  visit(source, configure, compile, program, headers, time_limit_s, observables);
}
template <class V, Is<Test> T>
void members(V& visit, T& test) {
  auto& [id, run, observable, observables, sources, time_limit_s, place] = test;
  visit(id, run, observable, observables, sources, time_limit_s, place);
}
template <class V, Is<Step> T>
void members(V& visit, T& step) {
  auto& [program, args, ranks, input] = step;
  visit(program, args, ranks, input);
}
template <class V, Is<Program> T>
void members(V& visit, T& p) {
  all<Program>(visit, base<Step>(p), p.before, p.time_limit_s, p.place);
}
template <class V, Is<Compared> T>
void members(V& visit, T& c) {
  all<Compared>(visit, base<Step>(c), c.series, c.text, c.picks, c.leaves);
}
template <class V, Is<Parity> T>
void members(V& visit, T& parity) {
  auto& [id, observable, before, steps, time_limit_s, place] = parity;
  visit(id, observable, before, steps, time_limit_s, place);
}
template <class V, Is<Run> T>
void members(V& visit, T& run) {
  auto& [name, program, series] = run;
  visit(name, program, series);
}
template <class V, Is<Diagnostics> T>
void members(V& visit, T& diagnostics) {
  auto& [args, programs, reseed] = diagnostics;
  visit(args, programs, reseed);
}
template <class V, Is<Evidence> T>
void members(V& visit, T& evidence) {
  auto& [id, words, synonyms, minutes, from, series, unit] = evidence;
  visit(id, words, synonyms, minutes, from, series, unit);
}
template <class V, Is<Category> T>
void members(V& visit, T& category) {
  auto& [letter, name] = category;
  visit(letter, name);
}
template <class V, Is<Pack> T>
void members(V& visit, T& pack) {
  auto& [name, about, bugs, level] = pack;
  visit(name, about, bugs, level);
}
template <class V, Is<Plan::Part> T>
void members(V& visit, T& part) {
  auto& [about, days, place] = part;
  visit(about, days, place);
}
template <class V, Is<Plan> T>
void members(V& visit, T& plan) {
  auto& [name, about, part, parts] = plan;
  visit(name, about, part, parts);
}
template <class V, Is<Tree> T>
void members(V& visit, T& tree) {
  auto& [root, outputs, build, database, flags, probes, tests, inputs, parity, runs, diagnostics, evidence,
         categories, packs, plans, patterns, outcomes, pages, snippets, guide, tutorial, hidden, place] =
      tree;
  visit(root, outputs, build, database, flags, probes, tests, inputs, parity, runs, diagnostics, evidence,
        categories, packs, plans, patterns, outcomes, pages, snippets, guide, tutorial, hidden, place);
}
template <class V, Is<Edit> T>
void members(V& visit, T& edit) {
  auto& [kind, target, with, place] = edit;
  visit(kind, target, with, place);
}
template <class V, Is<Snippet> T>
void members(V& visit, T& snippet) {
  auto& [code, after] = snippet;
  visit(code, after);
}
template <class V, Is<Part> T>
void members(V& visit, T& part) {
  auto& [in, file, match, edits, place] = part;
  visit(in, file, match, edits, place);
}
template <class V, Is<Form> T>
void members(V& visit, T& form) {
  all<Form>(visit, base<Part>(form), form.expect, form.all, form.also);
}
template <class V, Is<Question> T>
void members(V& visit, T& one) {
  auto& [question, answer] = one;
  visit(question, answer);
}
template <class V, Is<Rule> T>
void members(V& visit, T& r) {
  all<Rule>(visit, base<Form>(r), r.code, r.id, r.title, r.refs, r.pack, r.category, r.pattern, r.outcome,
            r.priority, r.difficulty, r.minutes, r.decoy, r.variants, r.seen_by, r.run, r.terms, r.brief,
            r.hints, r.cause, r.questions, r.read_next, r.matches, r.no_matches, r.unwritten);
}
template <class V, Is<Catalog> T>
void members(V& visit, T& catalog) {
  auto& [file, tree, rules] = catalog;
  visit(file, tree, rules);
}

// ---- out and in
// --------------------------------------------------------------------------------------------------------

template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class Writer {
 public:
  std::string bytes;

  template <class... Values>
  void operator()(const Values&... values) {
    (write(values), ...);
  }

 private:
  template <Plain T>
  void write(T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void write(const std::string& text) {
    write(static_cast<std::uint32_t>(text.size()));
    bytes += text;
  }
  void write(const std::filesystem::path& path) { write(path.native()); }

  // A name once: all places are in a few files.
  void write(const Place& place) {
    auto& [file, line, column] = place;
    const auto next = static_cast<std::uint32_t>(files_.size());
    const auto [known, is_new] = files_.emplace(file, next);
    write(known->second);
    if (is_new) write(file);
    (*this)(line, column);
  }
  template <class T>
  void write(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }
  template <class T>
  void write(const std::vector<T>& list) {
    write(static_cast<std::uint32_t>(list.size()));
    for (const T& one : list) write(one);
  }
  template <class T>
  void write(const std::map<std::string, T>& map) {
    write(static_cast<std::uint32_t>(map.size()));
    for (const auto& [key, value] : map) (*this)(key, value);
  }
  template <class T>
    requires std::is_class_v<T>
  void write(const T& value) {
    members(*this, value);
  }

  std::unordered_map<std::string, std::uint32_t> files_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  // Was there all that was asked for?
  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

  template <class... Values>
  void operator()(Values&... values) {
    (read(values), ...);
  }

 private:
  std::string_view take(size_t size) {
    if (size > rest_.size()) good_ = false, rest_ = {};
    const std::string_view taken = rest_.substr(0, good_ ? size : 0);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  template <Plain T>
  void read(T& value) {
    if (const auto bytes = take(sizeof value); good_) std::memcpy(&value, bytes.data(), sizeof value);
  }
  void read(bool& value) {
    char byte = 0;
    read(byte);
    value = byte != 0;
  }
  std::uint32_t number() {
    std::uint32_t value = 0;
    read(value);
    return value;
  }
  void read(std::string& text) { text = take(number()); }
  void read(std::filesystem::path& path) {
    std::string text;
    read(text);
    path = std::move(text);
  }
  void read(Place& place) {
    auto& [file, line, column] = place;
    const std::uint32_t known = number();
    if (known == files_.size())
      read(files_.emplace_back());
    else if (known > files_.size())
      good_ = false;
    if (good_) file = files_[known];
    (*this)(line, column);
  }
  template <class T>
  void read(std::optional<T>& value) {
    bool there = false;
    read(there);
    if (there && good_) read(value.emplace());
  }
  template <class T>
  void read(std::vector<T>& list) {
    const std::uint32_t count = number();
    if (count > rest_.size()) good_ = false;  // each takes a byte at least
    if (good_) list.reserve(count);
    for (std::uint32_t i = 0; i < count && good_; ++i) read(list.emplace_back());
  }
  template <class T>
  void read(std::map<std::string, T>& map) {
    const std::uint32_t count = number();
    for (std::uint32_t i = 0; i < count && good_; ++i) {
      std::string key;
      read(key);
      read(map[key]);
    }
  }
  template <class T>
    requires std::is_class_v<T>
  void read(T& value) {
    members(*this, value);
  }

  std::string_view rest_;
  bool good_ = true;
  std::vector<std::string> files_;
};

}  // namespace nanobug::catalog

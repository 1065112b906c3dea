// evidence: see evidence.h.
#include "mutator/coach/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>

#include "mutator/base/suggest.h"
#include "mutator/coach/shade.h"
#include "mutator/coach/stems.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using grade::Piece;
using From = catalog::Evidence::From;

// ---- which one

// What is said around a question: none of it says what is wanted.
const std::set<std::string> kAsking = {"show",  "see",   "give",   "tell",  "please", "look", "let",
                                       "plot",  "print", "per",    "each",  "want",   "need", "would",
                                       "could", "value", "like",   "every", "at",     "us",   "more",
                                       "data",  "info",  "during", "over",  "run"};

constexpr double kClear = 0.6, kAsGood = 0.95, kHasSome = 0.3;
constexpr size_t kMostOffered = 5;

struct Name {
  std::set<std::string> stems;
  const catalog::Evidence* of;
};

std::vector<Name> names_of(const std::vector<catalog::Evidence>& known) {
  std::vector<Name> names;
  for (const catalog::Evidence& one : known) {
    std::vector<std::string> all = one.synonyms;
    all.push_back(one.id);
    all.push_back(one.words);
    for (const std::string& name : all) {
      const auto words = stems(name);
      if (!words.empty()) names.push_back({{words.begin(), words.end()}, &one});
    }
  }
  return names;
}

// The stems that say what is wanted; what is not known is read as what is near.
std::set<std::string> understood(const std::string& question, const std::vector<Name>& names) {
  std::set<std::string> known;
  for (const Name& name : names) known.insert(name.stems.begin(), name.stems.end());
  const std::vector<std::string> list(known.begin(), known.end());
  std::set<std::string> asked;
  for (const std::string& word : plain_words(question)) {
    const bool is_number = word.find_first_not_of("0123456789") == std::string::npos;
    if (is_empty_word(word) || kAsking.contains(word) || is_number) continue;
    std::string stemmed = stem(word);
    if (!known.contains(stemmed) && word.size() >= 5)
      if (const auto near = nearest(stemmed, list)) stemmed = *near;
    asked.insert(stemmed);
  }
  return asked;
}

// ---- how it is shown

std::string number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return fmt::format("{:.4g}", value);
}

// At most `most` of them: the first, the last, and what lies between at equal distances.
std::vector<size_t> spread(size_t count, size_t most) {
  std::vector<size_t> chosen;
  if (count == 0 || most == 0) return chosen;
  const size_t take = std::min(count, most);
  for (size_t i = 0; i < take; ++i) chosen.push_back(take == 1 ? count - 1 : i * (count - 1) / (take - 1));
  return chosen;
}

// The value at this step of the first part of that name.
std::optional<double> value_at(const Piece& piece, const std::string& part, int step) {
  for (size_t p = 0; p < piece.parts.size(); ++p)
    if (piece.parts[p] == part)
      for (size_t i = 0; i < piece.steps.size(); ++i)
        if (piece.steps[i] == step) return piece.numbers[p][i];
  return std::nullopt;
}

// The finite ones' smallest and largest.
std::pair<double, double> range(const std::vector<double>& values) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : values)
    if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  return {low, high};
}

// One part, step by step, with a bar from the smallest to the largest.
std::string curve(const Piece& piece, size_t part, const Piece* clean, size_t width) {
  constexpr size_t kRows = 12;
  const auto& values = piece.numbers[part];
  const auto [low, high] = range(values);
  const size_t used = clean ? 40 : 25, room = width > used + 8 ? std::min<size_t>(width - used, 40) : 0;
  std::string text;
  for (const size_t i : spread(values.size(), kRows)) {
    std::string line = fmt::format("  step {:>5}  {:>9}", piece.steps[i], number(values[i]));
    if (clean) {
      const auto theirs = value_at(*clean, piece.parts[part], piece.steps[i]);
      line += fmt::format("   clean {:>9}", theirs ? number(*theirs) : "-");
    }
    if (room > 0 && std::isfinite(values[i]) && high > low) {
      const auto bar =
          static_cast<size_t>(std::lround((values[i] - low) / (high - low) * static_cast<double>(room)));
      if (bar > 0) line += "  " + std::string(bar, '#');
    }
    text += line + '\n';
  }
  return text;
}

std::string plain_name(const std::string& part) {
  return part.empty() ? "all" : part;
}

// Several parts, each a row; a few steps, each a column.
std::string grid(const Piece& piece, const std::vector<size_t>& parts, const Piece* clean, size_t width) {
  size_t names = 4;
  for (const size_t p : parts) names = std::max(names, plain_name(piece.parts[p]).size());
  constexpr size_t kColumn = 11;
  const size_t room = width > names + 4 ? (width - names - 4) / kColumn : 1,
               columns = std::max<size_t>(1, room > 1 && clean ? room - 1 : room);
  const auto chosen = spread(piece.steps.size(), std::min<size_t>(columns, 5));
  std::string text = fmt::format("  {:<{}}", "", names);
  for (const size_t i : chosen)
    text += fmt::format("{:>{}}", fmt::format("step {}", piece.steps[i]), kColumn);
  if (clean) text += fmt::format("{:>{}}", "clean", kColumn);
  text += '\n';
  for (const size_t p : parts) {
    text += fmt::format("  {:<{}}", plain_name(piece.parts[p]), names);
    for (const size_t i : chosen) text += fmt::format("{:>{}}", number(piece.numbers[p][i]), kColumn);
    if (clean) {
      const auto theirs =
          piece.steps.empty() ? std::nullopt : value_at(*clean, piece.parts[p], piece.steps.back());
      text += fmt::format("{:>{}}", theirs ? number(*theirs) : "-", kColumn);
    }
    text += '\n';
  }
  return text;
}

// Cells from nothing to the largest as shades; a row of the table is a line.
std::string shades(const Piece::Table& table, size_t width) {
  constexpr size_t kRows = 24;
  double high = 0;
  for (const auto& row : table.rows)
    for (const double cell : row)
      if (std::isfinite(cell)) high = std::max(high, cell);
  std::string text = fmt::format("  {}, step {}: rows attend to columns; '@' is {}, ' ' is 0\n",
                                 plain_name(table.part), table.step, number(high));
  for (size_t r = 0; r < std::min(kRows, table.rows.size()); ++r) {
    std::string line = fmt::format("  {:>3} |", r);
    for (size_t c = 0; c < std::min(table.rows[r].size(), width > 12 ? width - 8 : 4); ++c) {
      const double cell = table.rows[r][c];
      line += std::isnan(cell) ? '?' : shade(high > 0 && std::isfinite(cell) ? cell / high : 0);
    }
    text += line + '\n';
  }
  return text;
}

std::string in_words(const Piece& piece, const std::vector<std::string>& parts, size_t width) {
  std::string text;
  for (const Piece::Words& one : piece.words) {
    if (!parts.empty() && std::find(parts.begin(), parts.end(), one.part) == parts.end()) continue;
    if (!one.part.empty()) text += fmt::format("  step {}, {}:\n", one.step, one.part);
    text += wrap(one.text, width, one.part.empty() ? "  " : "    ");
  }
  return text;
}

std::vector<size_t> chosen_parts(const Piece& piece, const std::vector<std::string>& parts) {
  std::vector<size_t> chosen;
  for (size_t p = 0; p < piece.parts.size(); ++p)
    if (parts.empty() || std::find(parts.begin(), parts.end(), piece.parts[p]) != parts.end())
      chosen.push_back(p);
  return chosen;
}

std::string body(const Piece& piece, const Piece* clean, const std::vector<std::string>& parts,
                 size_t width) {
  std::string text;
  const auto chosen = chosen_parts(piece, parts);
  if (chosen.size() == 1)
    text += curve(piece, chosen.front(), clean, width);
  else if (!chosen.empty())
    text += grid(piece, chosen, clean, width);
  std::vector<std::string> others;
  for (const Piece::Table& table : piece.tables) {
    const bool named = std::find(parts.begin(), parts.end(), table.part) != parts.end();
    if (named || (parts.empty() && &table == &piece.tables.front()))
      text += shades(table, width);
    else if (parts.empty())
      others.push_back(table.part);
  }
  if (!others.empty())
    text += fmt::format("  There is one for {} too; name it to see it.\n", fmt::join(others, ", "));
  return text + in_words(piece, parts, width);
}

// Words with nothing but letters, digits, dots and underscores between.
std::vector<std::string> tokens_of(const std::string& question) {
  std::vector<std::string> tokens;
  std::string token;
  for (const char c : question + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_')
      token += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!token.empty()) {
      while (token.ends_with('.')) token.pop_back();
      if (!token.empty()) tokens.push_back(token);
      token.clear();
    }
  }
  return tokens;
}

std::vector<std::string> components(const std::string& part) {
  std::vector<std::string> all(1);
  for (const char c : part)
    if (c == '.' || c == '/')
      all.emplace_back();
    else
      all.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return all;
}

// "h12" -> "12"; "" where it does not end in a number.
std::string number_at_end(const std::string& word) {
  const size_t last = word.find_last_not_of("0123456789");
  return last == std::string::npos ? word : word.substr(last + 1);
}

}  // namespace

Request requested(const std::vector<catalog::Evidence>& known, const std::string& question) {
  for (const catalog::Evidence& one : known)
    if (one.id == question) return {&one, {}};
  const auto names = names_of(known);
  const auto asked = understood(question, names);
  if (asked.empty()) return {};
  std::map<const catalog::Evidence*, double> best;
  for (const Name& name : names) {
    const auto common = static_cast<double>(std::count_if(
        asked.begin(), asked.end(), [&](const std::string& word) { return name.stems.contains(word); }));
    const double likeness = 2 * common / static_cast<double>(asked.size() + name.stems.size());
    best[name.of] = std::max(best[name.of], likeness);
  }
  std::vector<std::pair<double, const catalog::Evidence*>> found;
  for (const catalog::Evidence& one : known)
    if (best[&one] >= kHasSome) found.emplace_back(best[&one], &one);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (found.empty()) return {};
  const double top = found.front().first;
  const bool alone = found.size() == 1 || found[1].first < kAsGood * top;
  if (top >= kClear && alone) return {found.front().second, {}};
  Request request;
  for (const auto& [likeness, one] : found)
    if (request.could_be.size() < kMostOffered && likeness >= top / 2) request.could_be.push_back(one);
  return request;
}

std::vector<std::string> parts_named(const Piece& piece, const std::string& question) {
  std::vector<std::string> all = piece.parts;
  for (const Piece::Table& one : piece.tables) all.push_back(one.part);
  for (const Piece::Words& one : piece.words)
    if (std::find(all.begin(), all.end(), one.part) == all.end()) all.push_back(one.part);
  const auto tokens = tokens_of(question);
  const auto is_word_of_a_part = [&](const std::string& token) {
    return std::any_of(all.begin(), all.end(), [&](const std::string& part) {
      const auto words = components(part);
      return token == part || std::find(words.begin(), words.end(), token) != words.end();
    });
  };
  std::vector<std::string> wanted, numbers;
  for (const std::string& token : tokens)
    if (token.find_first_not_of("0123456789") == std::string::npos)
      numbers.push_back(token);
    else if (is_word_of_a_part(token))
      wanted.push_back(token);
  if (wanted.empty() && numbers.empty()) return {};
  std::vector<std::string> named;
  for (const std::string& part : all) {
    const auto words = components(part);
    const auto has = [&](const std::string& token) {
      return token == part || std::find(words.begin(), words.end(), token) != words.end();
    };
    const auto has_number = [&](const std::string& digits) {
      return std::any_of(words.begin(), words.end(),
                         [&](const auto& w) { return number_at_end(w) == digits; });
    };
    if (!part.empty() && std::all_of(wanted.begin(), wanted.end(), has) &&
        std::all_of(numbers.begin(), numbers.end(), has_number))
      named.push_back(part);
  }
  return named;
}

bool same(const Piece& a, const Piece& b) {
  using Rows = std::vector<std::vector<double>>;
  const auto equal = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  const auto all_equal = [&](const Rows& x, const Rows& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](const auto& row, const auto& other) {
      return std::equal(row.begin(), row.end(), other.begin(), other.end(), equal);
    });
  };
  return a.steps == b.steps && a.parts == b.parts && a.words == b.words && all_equal(a.numbers, b.numbers) &&
         std::equal(a.tables.begin(), a.tables.end(), b.tables.begin(), b.tables.end(),
                    [&](const Piece::Table& x, const Piece::Table& y) {
                      return x.step == y.step && x.part == y.part && all_equal(x.rows, y.rows);
                    });
}

std::string shown(const catalog::Evidence& evidence, const Piece& piece, const Piece* clean,
                  const std::vector<std::string>& parts, size_t width) {
  std::string head = evidence.words;
  if (!evidence.unit.empty()) head += ", in " + evidence.unit;
  head[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(head[0])));
  if (clean && same(piece, *clean))
    return shown(evidence, piece, nullptr, parts, width) + "The clean tree's is the same.\n";
  const bool other_words = clean && clean->words != piece.words;
  std::string text = wrap(head + ':', width, "") + body(piece, clean, parts, width);
  if (piece.empty()) text += "  nothing\n";
  if (other_words || (clean && !clean->tables.empty())) {
    Piece beside{.id = clean->id, .words = clean->words, .tables = clean->tables};
    text += "The clean tree's:\n" + (beside.empty() ? "  nothing\n" : body(beside, nullptr, parts, width));
  }
  return text;
}

std::string log_of(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence,
                   size_t width) {
  constexpr size_t kRows = 8;
  std::vector<std::pair<std::string, const Piece*>> columns;
  std::string more;
  for (const catalog::Evidence& one : known) {
    const Piece* piece = one.minutes == 0 ? evidence.find(one.id) : nullptr;
    if (!piece) continue;
    if (piece->parts.size() == 1 && piece->words.empty() && columns.size() < 5)
      columns.emplace_back(one.id, piece);
    else
      more += shown(one, *piece, nullptr, {}, width);
  }
  std::set<int> steps;
  for (const auto& [id, piece] : columns) steps.insert(piece->steps.begin(), piece->steps.end());
  const std::vector<int> all(steps.begin(), steps.end());
  std::string text;
  if (!columns.empty()) {
    text = "  " + fmt::format("{:>6}", "step");
    for (const auto& [id, piece] : columns) text += fmt::format("  {:>12}", id);
    text += '\n';
    for (const size_t i : spread(all.size(), kRows)) {
      text += fmt::format("  {:>6}", all[i]);
      for (const auto& [id, piece] : columns) {
        const auto value = value_at(*piece, piece->parts.front(), all[i]);
        text += fmt::format("  {:>12}", value ? number(*value) : "");
      }
      while (text.ends_with(' ')) text.pop_back();
      text += '\n';
    }
  }
  return text + more;
}

session::Production cheapest(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence) {
  session::Production production;
  for (const catalog::Evidence& one : known) {
    if (one.from == From::checkout) production.checkout = one.id, production.open_minutes = one.minutes;
    if (one.minutes == 0 || !evidence.does_tell(one.id)) continue;
    if (production.cheapest.empty() || one.minutes < production.cheapest_minutes) {
      production.cheapest = {one.id};
      production.cheapest_minutes = one.minutes;
    } else if (one.minutes == production.cheapest_minutes) {
      production.cheapest.push_back(one.id);
    }
  }
  return production;
}

int production_minutes(const catalog::Rule& rule) {
  return std::clamp(rule.minutes, 15, 20);
}

std::string worth_of(const session::Session& session, const session::Asked& asked) {
  if (session.decoy) return "it is the clean tree's";
  if (asked.tells) return "tells: it is not the clean tree's";
  const bool is_checkout = session.production && asked.evidence == session.production->checkout;
  return is_checkout ? "what a fix needs" : "tells nothing by itself";
}

bool was_asked(const session::Session& session, const std::string& evidence) {
  return std::any_of(session.asked.begin(), session.asked.end(),
                     [&](const session::Asked& one) { return one.evidence == evidence; });
}

void note_asked(session::Session& session, const catalog::Evidence& evidence, bool tells, std::int64_t now) {
  if (evidence.minutes == 0 || session.solved || session.revealed || was_asked(session, evidence.id)) return;
  session.asked.push_back({now, evidence.id, evidence.minutes, tells});
  note_event(session, {now, kAsk, evidence.id + ", " + count(evidence.minutes, "minute"), ""});
}

}  // namespace nanobug::coach

// evidence: see evidence.h.
#include "mutator/coach/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <sstream>

#include "mutator/coach/shade.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using grade::Piece;
using From = catalog::Evidence::From;

// Where one has no number, so has the other.
bool equal(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool equal(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& row, const auto& other) {
    return std::equal(row.begin(), row.end(), other.begin(), other.end(),
                      [](double x, double y) { return equal(x, y); });
  });
}

bool equal(const std::vector<Piece::Table>& a, const std::vector<Piece::Table>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.step == y.step && x.part == y.part && equal(x.rows, y.rows);
  });
}

bool is_among(const std::vector<std::string>& some, const std::string& one) {
  return std::find(some.begin(), some.end(), one) != some.end();
}

// ---- how it is shown

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

// A part that one of the two trees has not, and a value from before there was one, has "-".
std::string number_at(const std::vector<double>& values, size_t i) {
  const bool later = std::any_of(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(),
                                 [](double value) { return !std::isnan(value); });
  const bool before = std::all_of(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                  [](double value) { return std::isnan(value); });
  return later && before ? "-" : number(values[i]);
}

std::string right(const std::string& text, size_t width) {
  return fmt::format("{:>{}}", text, width);
}

size_t widest(const std::vector<std::string>& texts, size_t least) {
  for (const std::string& text : texts) least = std::max(least, text.size());
  return least;
}

// One part, step by step, with a bar: from 0, or from the smallest where one is below it.
std::string curve(const Piece& piece, size_t part, const Piece* clean, size_t width) {
  constexpr size_t kRows = 12, kLongestBar = 40, kShortestBar = 8;
  const auto& values = piece.numbers[part];
  const auto [low, high] = range(values);
  const auto rows = spread(values.size(), kRows);
  std::vector<std::string> own, theirs;
  for (const size_t i : rows) {
    own.push_back(number_at(values, i));
    const auto value = clean ? value_at(*clean, piece.parts[part], piece.steps[i]) : std::nullopt;
    theirs.push_back(value ? number(*value) : "-");
  }
  const size_t first = widest(own, 9), second = widest(theirs, 9),
               used = 16 + first + (clean ? 9 + second : 0);
  const size_t room = width >= used + kShortestBar ? std::min(width - used, kLongestBar) : 0;
  const double base = std::min(low, 0.0);
  std::string text;
  for (size_t row = 0; row < rows.size(); ++row) {
    std::string line = fmt::format("  step {:>5}  {}", piece.steps[rows[row]], right(own[row], first));
    if (clean) line += "   clean " + right(theirs[row], second);
    const double value = values[rows[row]];
    if (room > 0 && std::isfinite(value) && high > low)
      if (const auto bar = static_cast<size_t>(
              std::lround((value - base) / (std::max(high, 0.0) - base) * static_cast<double>(room)));
          bar > 0)
        line += "  " + std::string(bar, '#');
    text += line + '\n';
  }
  if (room > 0 && base < 0 && high > low) text += "  The bars begin at " + number(base) + ".\n";
  return text;
}

std::string plain_name(const std::string& part) {
  return part.empty() ? "all" : part;
}

// A few steps, each a column, and the last one's clean value beside it.
struct Columns {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> cells;  // a row a part

  // How wide each has to be: alike where there is room, else two blanks between them, or one.
  std::vector<size_t> widths(size_t room) const {
    constexpr size_t kAlike = 11;
    std::vector<size_t> own;
    for (size_t c = 0; c < names.size(); ++c) {
      own.push_back(names[c].size());
      for (const auto& row : cells) own[c] = std::max(own[c], row[c].size());
    }
    for (const auto& [gap, least] : {std::pair<size_t, size_t>(2, kAlike), {2, 0}, {1, 0}}) {
      std::vector<size_t> all;
      size_t sum = 0;
      for (const size_t one : own) sum += all.emplace_back(std::max(one + gap, least));
      if (sum <= room) return all;
    }
    return {};
  }

  std::string text(const std::vector<std::string>& rows, size_t first, const std::vector<size_t>& all) const {
    std::string text = std::string(first + 2, ' ');
    for (size_t c = 0; c < names.size(); ++c) text += right(names[c], all[c]);
    text += '\n';
    for (size_t r = 0; r < rows.size(); ++r) {
      text += fmt::format("  {:<{}}", rows[r], first);
      for (size_t c = 0; c < names.size(); ++c) text += right(cells[r][c], all[c]);
      text += '\n';
    }
    return text;
  }
};

Columns columns_of(const Piece& piece, const std::vector<size_t>& parts, const Piece* clean, size_t steps) {
  Columns columns;
  const auto chosen = spread(piece.steps.size(), steps);
  for (const size_t i : chosen) columns.names.push_back(fmt::format("step {}", piece.steps[i]));
  if (clean && !chosen.empty())
    columns.names.push_back(fmt::format("clean at {}", piece.steps[chosen.back()]));
  for (const size_t p : parts) {
    auto& row = columns.cells.emplace_back();
    for (const size_t i : chosen)
      row.push_back(piece.numbers[p].empty() ? "-" : number_at(piece.numbers[p], i));
    if (!clean || chosen.empty()) continue;
    const auto theirs = value_at(*clean, piece.parts[p], piece.steps[chosen.back()]);
    row.push_back(theirs ? number(*theirs) : "-");
  }
  return columns;
}

// Several parts, each a row; as many steps as there is room for, five at most.
std::string grid(const Piece& piece, const std::vector<size_t>& parts, const Piece* clean, size_t width) {
  std::vector<std::string> rows;
  for (const size_t p : parts) rows.push_back(plain_name(piece.parts[p]));
  const size_t first = widest(rows, 4), room = width > first + 2 ? width - first - 2 : 0;
  for (size_t steps = 5;; --steps) {
    const Columns columns = columns_of(piece, parts, clean, steps);
    std::vector<size_t> widths = columns.widths(room);
    if (widths.empty() && steps == 1) widths = columns.widths(std::string::npos);  // there is no room for it
    if (!widths.empty() || columns.names.empty()) return columns.text(rows, first, widths);
  }
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

// As it was printed, line by line.
std::string in_words(const Piece& piece, const std::vector<std::string>& parts, bool of_steps, size_t width) {
  std::string text;
  for (const Piece::Words& one : piece.words) {
    if (!parts.empty() && std::find(parts.begin(), parts.end(), one.part) == parts.end()) continue;
    if (of_steps) text += fmt::format("  step {}{}:\n", one.step, one.part.empty() ? "" : ", " + one.part);
    const std::string indent(of_steps ? 4 : 2, ' ');
    std::istringstream lines(visible(one.text));
    for (std::string line; std::getline(lines, line);)
      text += line.empty() ? "\n" : indent + folded(line, width, indent.size()) + '\n';
  }
  return text;
}

// With the parts that only the clean tree has, which have no numbers, in its order.
Piece with_what_is_missing(Piece piece, const Piece* clean) {
  if (!clean) return piece;
  if (piece.numbers.empty()) piece.steps = clean->steps;
  size_t at = 0;  // where the next one goes
  for (const std::string& part : clean->parts) {
    const auto known = std::find(piece.parts.begin(), piece.parts.end(), part);
    if (known != piece.parts.end()) {
      at = static_cast<size_t>(known - piece.parts.begin()) + 1;
      continue;
    }
    piece.parts.insert(piece.parts.begin() + static_cast<std::ptrdiff_t>(at), part);
    piece.numbers.emplace(piece.numbers.begin() + static_cast<std::ptrdiff_t>(at));
    ++at;
  }
  return piece;
}

std::vector<size_t> chosen_parts(const Piece& piece, const std::vector<std::string>& parts) {
  std::vector<size_t> chosen;
  for (size_t p = 0; p < piece.parts.size(); ++p)
    if (parts.empty() || std::find(parts.begin(), parts.end(), piece.parts[p]) != parts.end())
      chosen.push_back(p);
  return chosen;
}

std::string body(const Piece& own, const Piece* clean, const std::vector<std::string>& parts, bool of_steps,
                 size_t width) {
  std::string text;
  const Piece piece = with_what_is_missing(own, clean);
  const auto chosen = chosen_parts(piece, parts);
  if (chosen.size() == 1 && !piece.numbers[chosen.front()].empty())
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
  return text + in_words(piece, parts, of_steps, width);
}

// The first step at which the two differ; nothing where they are the same.
std::optional<int> parts_at(const Piece& own, const Piece& clean) {
  if (same(own, clean)) return std::nullopt;
  if (own.parts != clean.parts || own.steps.empty()) return 0;
  for (size_t i = 0; i < own.steps.size(); ++i)
    for (size_t p = 0; p < own.parts.size(); ++p) {
      const auto theirs = value_at(clean, own.parts[p], own.steps[i]);
      const double mine = own.numbers[p][i];
      if (!theirs || !equal(mine, *theirs)) return own.steps[i];
    }
  return own.steps.back();
}

}  // namespace

bool same(const Piece& a, const Piece& b) {
  return a.steps == b.steps && a.parts == b.parts && a.words == b.words && equal(a.numbers, b.numbers) &&
         equal(a.tables, b.tables);
}

bool same(const grade::Series& a, const grade::Series& b) {
  return std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(), b.numbers.end(),
                    [](const auto& x, const auto& y) {
                      return x.part == y.part && x.step == y.step && equal(x.value, y.value);
                    }) &&
         equal(a.tables, b.tables);
}

std::string shown(const catalog::Evidence& evidence, const Piece& piece, const Piece* clean,
                  const std::vector<std::string>& parts, size_t width) {
  std::string head = evidence.words;
  if (!evidence.unit.empty()) head += ", in " + evidence.unit;
  head[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(head[0])));
  if (clean && same(piece, *clean))
    return shown(evidence, piece, nullptr, parts, width) + "The clean tree's is the same.\n";
  // A table names its parts itself; a single curve is of the one that it is of.
  const auto chosen = chosen_parts(piece, parts);
  if (chosen.size() == 1 && !piece.parts[chosen.front()].empty()) head += "; " + piece.parts[chosen.front()];
  const bool of_steps = evidence.from == From::run, other_words = clean && clean->words != piece.words;
  std::string text = wrap(head + ':', width, "") + body(piece, clean, parts, of_steps, width);
  if (piece.empty()) text += "  nothing\n";
  if (other_words || (clean && !clean->tables.empty())) {
    const Piece beside{.id = clean->id, .words = clean->words, .tables = clean->tables};
    text += "The clean tree's:\n" +
            (beside.empty() ? "  nothing\n" : body(beside, nullptr, parts, of_steps, width));
  }
  return text;
}

std::vector<catalog::Evidence> priced(std::vector<catalog::Evidence> known, const std::string& series) {
  for (catalog::Evidence& one : known)
    if (one.from == From::run && !series.empty() && one.series == series) one.minutes = 0;
  return known;
}

std::vector<catalog::Evidence> priced(std::vector<catalog::Evidence> known, const session::Session& session) {
  for (catalog::Evidence& one : known) {
    const bool comes_along = session.production && is_among(session.production->free, one.id);
    if (comes_along || (session.has_checkout() && one.from != From::checkout)) one.minutes = 0;
  }
  return known;
}

std::string log_of(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence,
                   size_t width) {
  constexpr size_t kRows = 8;
  std::vector<std::pair<std::string, const Piece*>> columns;
  std::string more;
  for (const catalog::Evidence& one : known) {
    const Piece* piece = one.minutes == 0 ? evidence.find(one.id) : nullptr;
    if (!piece) continue;
    if (piece->parts.size() == 1 && piece->words.empty() && columns.size() < 5) {
      columns.emplace_back(one.id, piece);
      continue;
    }
    more += '\n';
    std::istringstream lines(shown(one, *piece, nullptr, {}, width - 2));
    for (std::string line; std::getline(lines, line);) more += line.empty() ? "\n" : "  " + line + '\n';
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
  return columns.empty() && !more.empty() ? more.substr(1) : text + more;
}

session::Production cheapest(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence) {
  session::Production production;
  int free_parts = std::numeric_limits<int>::max();  // the first step at which what is free is not the same
  for (const catalog::Evidence& one : known) {
    const Piece *own = evidence.find(one.id), *clean = evidence.find_clean(one.id);
    if (one.minutes > 0) continue;
    if (own) production.free.push_back(one.id);
    if (own && evidence.does_tell(one.id)) production.told.push_back(one.id);
    if (own && clean)
      if (const auto step = parts_at(*own, *clean)) free_parts = std::min(free_parts, *step);
  }
  for (const catalog::Evidence& one : known) {
    if (one.from == From::checkout) production.checkout = one.id, production.open_minutes = one.minutes;
    if (one.from == From::clean) production.clean = one.id;
    if (one.minutes == 0) continue;
    if (!evidence.does_tell(one.id)) {
      const Piece *own = evidence.find(one.id), *clean = evidence.find_clean(one.id);
      const auto step = own && clean ? parts_at(*own, *clean) : std::nullopt;
      if (step && *step < free_parts) production.beside.push_back(one.id);
    } else if (production.cheapest.empty() || one.minutes < production.cheapest_minutes) {
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

bool is_counted(const session::Session& session, const session::Asked& asked) {
  return !session.production ||
         (asked.evidence != session.production->checkout && asked.evidence != session.production->clean);
}

std::string worth_of(const session::Session& session, const session::Asked& asked) {
  const bool is_checkout = session.production && asked.evidence == session.production->checkout;
  if (!is_counted(session, asked) && !is_checkout) return "what the others are read beside";
  if (session.decoy && is_checkout)
    return session.pristine == session.mutated ? "it is the clean tree's" : "changed, and computes the same";
  if (session.decoy) return "it is the clean tree's";
  if (asked.tells) return "tells: it is not the clean tree's";
  if (is_checkout) return "what a fix needs";
  return session.production && is_among(session.production->beside, asked.evidence)
             ? "tells only beside a clean run"
             : "tells nothing by itself";
}

bool was_asked(const session::Session& session, const std::string& evidence) {
  return std::any_of(session.asked.begin(), session.asked.end(),
                     [&](const session::Asked& one) { return one.evidence == evidence; });
}

void note_asked(session::Session& session, const catalog::Evidence& evidence, bool tells, std::int64_t now) {
  if (evidence.minutes == 0 || session.solved || session.revealed || was_asked(session, evidence.id)) return;
  session.asked.push_back({now, evidence.id, evidence.minutes, tells});
  if (session.production && was_asked(session, session.production->clean))
    for (session::Asked& one : session.asked)
      one.tells = one.tells || is_among(session.production->beside, one.evidence);
  if (evidence.from == From::checkout)
    note_event(session, {now, kOpen, "the checkout, " + count(evidence.minutes, "minute"), ""});
  else
    note_event(session, {now, kAsk, evidence.id + ", " + count(evidence.minutes, "minute"), ""});
}

}  // namespace nanobug::coach

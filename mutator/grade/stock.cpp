// stock: see stock.h.
#include "mutator/grade/stock.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace nanobug::grade {
namespace {

constexpr size_t kDigits = 16;

Result<std::string> digits_of(const fs::path& file) {
  const auto text = read_file(file);
  NANOBUG_TRY(text);
  return sha256(*text).substr(0, kDigits);
}

}  // namespace

std::vector<Stocked> stock_of(const catalog::Catalog& catalog, const fs::path& tree) {
  const auto text = read_file(catalog.file.parent_path() / "patches/surprises.txt");
  if (!text) return {};
  const auto& operators = rewrite::operators();
  std::map<std::string, std::string> digits;
  std::vector<Stocked> stock;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string was;
    Stocked one;
    if (!(words >> was >> one.file >> one.spot.op >> one.spot.line >> one.spot.column >> one.spot.number))
      continue;
    if (std::find(operators.begin(), operators.end(), one.spot.op) == operators.end()) continue;
    if (!digits.contains(one.file)) digits[one.file] = digits_of(tree / one.file).value_or("");
    if (was == digits[one.file]) stock.push_back(std::move(one));
  }
  return stock;
}

Result<std::string> stock_line(const Stocked& one, const fs::path& tree) {
  const auto digits = digits_of(tree / one.file);
  NANOBUG_TRY(digits);
  return fmt::format("{} {} {} {} {} {}\n", *digits, one.file, one.spot.op, one.spot.line, one.spot.column,
                     one.spot.number);
}

}  // namespace nanobug::grade

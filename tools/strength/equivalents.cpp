// equivalents: see equivalents.h.
#include "tools/strength/equivalents.h"

#include <algorithm>

#include "mutator/catalog/table.h"

namespace nanobug::strength {
namespace {

// Blanks folded, as Change::before has them.
std::string folded(const std::string& text) {
  std::string line;
  for (const char c : text)
    if (c != ' ' && c != '\n' && c != '\t')
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  return line;
}

const catalog::Table<Equivalent>& table() {
  using F = catalog::Of<Equivalent>;
  static const catalog::Table<Equivalent> all = {
      F::need("file", catalog::path(), &Equivalent::file, "the file, relative to the tree"),
      F::need("line", catalog::text(), &Equivalent::line, "the line before"),
      F::need("mutant", catalog::text(), &Equivalent::mutant, "the line after"),
      F::need("reason", catalog::text(), &Equivalent::reason, "why it computes the same")};
  return all;
}

}  // namespace

Result<std::vector<Equivalent>> read_equivalents(const fs::path& file) {
  std::vector<Equivalent> all;
  if (!fs::exists(file)) return all;
  const auto text = read_file(file);
  NANOBUG_TRY(text);
  catalog::Errors errors;
  const auto root = catalog::read_yaml(*text, file.filename().string(), errors);
  const catalog::Tree no_head;
  catalog::Context context{errors, no_head};
  if (root && root->kind != catalog::Node::Kind::list)
    errors.push_back(
        {Exit::catalog, "the file must be a list of entries, not " + kind_name(*root), root->place});
  if (root)
    for (const catalog::Node& item : root->items) {
      catalog::Fields fields(item, "an entry", context);
      if (fields.is_map()) catalog::read_table(fields, table(), all.emplace_back());
    }
  if (!errors.empty()) return tl::unexpected(errors.front());
  return all;
}

const Equivalent* explained(const std::vector<Equivalent>& equivalents, const Change& change) {
  const auto found = std::find_if(equivalents.begin(), equivalents.end(), [&](const Equivalent& entry) {
    return entry.file == change.file && entry.line == change.before && entry.mutant == change.after;
  });
  return found == equivalents.end() ? nullptr : &*found;
}

Status none_is_stale(const std::vector<Equivalent>& equivalents, const fs::path& tree) {
  for (const Equivalent& entry : equivalents) {
    const auto text = read_file(tree / entry.file);
    if (!text) return fail(Exit::catalog, "the tree has no file '" + entry.file + "'", entry.place);
    if (folded(*text).find(entry.line) == std::string::npos)
      return fail(Exit::catalog,
                  "there is no '" + entry.line + "' in " + entry.file +
                      " any more; take the entry out, or write it as the report shows it",
                  entry.place);
  }
  return {};
}

}  // namespace nanobug::strength

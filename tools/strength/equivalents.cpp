// equivalents: see equivalents.h.
#include "tools/strength/equivalents.h"

#include <algorithm>

#include "mutator/catalog/table.h"

namespace nanobug::strength {
namespace {

bool fits(const Equivalent& entry, const Mutant& mutant) {
  return entry.file == mutant.file && entry.line == mutant.before && entry.mutant == mutant.after;
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

const Equivalent* explained(const std::vector<Equivalent>& equivalents, const Mutant& mutant) {
  const auto found = std::find_if(equivalents.begin(), equivalents.end(),
                                  [&](const Equivalent& entry) { return fits(entry, mutant); });
  return found == equivalents.end() ? nullptr : &*found;
}

Status none_is_stale(const std::vector<Equivalent>& equivalents, const std::vector<std::string>& files,
                     const std::vector<Mutant>& mutants, const fs::path& tree) {
  for (const Equivalent& entry : equivalents) {
    if (!fs::exists(tree / entry.file))
      return fail(Exit::catalog, "the tree has no file '" + entry.file + "'", entry.place);
    if (std::find(files.begin(), files.end(), entry.file) == files.end()) continue;
    if (std::none_of(mutants.begin(), mutants.end(), [&](const Mutant& m) { return fits(entry, m); }))
      return fail(Exit::catalog,
                  "no mutant of '" + entry.file + "' makes '" + entry.mutant + "' of '" + entry.line +
                      "' any more; take the entry out, or write it as --list shows it",
                  entry.place);
  }
  return {};
}

}  // namespace nanobug::strength

// equivalents: see equivalents.h.
#include "tools/strength/equivalents.h"

#include <algorithm>

#include "mutator/catalog/reader.h"

namespace nanobug::strength {
namespace {

bool fits(const Equivalent& entry, const Mutant& mutant) {
  return entry.file == mutant.file && entry.line == mutant.before && entry.mutant == mutant.after;
}

}  // namespace

Result<std::vector<Equivalent>> read_equivalents(const fs::path& file) {
  std::vector<Equivalent> all;
  if (!fs::exists(file)) return all;
  const auto text = read_file(file);
  NANOBUG_TRY(text);
  catalog::Errors errors;
  const auto root = catalog::read_yaml(*text, file.filename().string(), errors);
  if (root && root->kind != catalog::Node::Kind::list)
    errors.push_back(
        {Exit::catalog, "the file must be a list of entries, not " + kind_name(*root), root->place});
  if (root)
    for (const catalog::Node& item : root->items) {
      catalog::Fields fields(item, "an entry", errors);
      Equivalent& entry = all.emplace_back();
      entry.place = item.place;
      fields.path(fields.need("file"), "file", entry.file);
      fields.string(fields.need("line"), "line", entry.line);
      fields.string(fields.need("mutant"), "mutant", entry.mutant);
      fields.string(fields.need("reason"), "reason", entry.reason);
      fields.done();
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

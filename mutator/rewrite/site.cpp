// site: cutting text. See site.h.
#include "mutator/rewrite/site.h"

#include <algorithm>
#include <tuple>

#include "mutator/base/files.h"
#include "mutator/rewrite/hunks.h"

namespace nanobug::rewrite {
namespace {

struct Cut {
  const Site* site;
  const Replacement* edit;
  size_t order;  // as given: settles ties
};

// Two insertions at one point overlap too: which of them comes first would be anybody's guess.
bool overlap(const Replacement& a, const Replacement& b) {
  if (a.offset == b.offset) return a.length == 0 ? b.length == 0 : b.length > 0;
  return a.offset < b.offset ? b.offset < a.offset + a.length : a.offset < b.offset + b.length;
}

Status fits(const Site& site, const Change& change, const std::string& pristine) {
  if (sha256(pristine) != change.hash)
    return fail(Exit::catalog, "rule '" + site.rule + "' was matched in another version of '" + change.file +
                                   "' than this one; match it again");
  for (const Replacement& edit : change.edits)
    if (edit.offset > pristine.size() || edit.length > pristine.size() - edit.offset)
      return fail(Exit::catalog,
                  "a site of rule '" + site.rule + "' reaches past the end of '" + change.file + "'");
  return {};
}

std::string named(const Site& site) {
  return "'" + site.rule + "' (site " + std::to_string(site.index) + ")";
}

Result<std::string> cut(std::vector<Cut> cuts, const std::string& pristine, const std::string& file) {
  std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) {
    return std::tuple(a.edit->offset, a.edit->length, a.order) <
           std::tuple(b.edit->offset, b.edit->length, b.order);
  });
  std::string text;
  unsigned at = 0;
  for (size_t i = 0; i < cuts.size(); ++i) {
    const Replacement& edit = *cuts[i].edit;
    if (i > 0 && overlap(*cuts[i - 1].edit, edit))
      return fail(Exit::catalog, "rules " + named(*cuts[i - 1].site) + " and " + named(*cuts[i].site) +
                                     " both change '" + file + "' at line " +
                                     std::to_string(line_at(pristine, edit.offset)) +
                                     "; use them one at a time");
    text += pristine.substr(at, edit.offset - at) + edit.text;
    at = edit.offset + edit.length;
  }
  return text + pristine.substr(at);
}

}  // namespace

std::vector<const Change*> Site::changes() const {
  std::vector<const Change*> all = {this};
  for (const Change& change : also) all.push_back(&change);
  return all;
}

Result<std::string> apply(const Site& site, const std::string& pristine) {
  NANOBUG_TRY(fits(site, site, pristine));
  std::vector<Cut> cuts;
  for (const Replacement& edit : site.edits) cuts.push_back({&site, &edit, cuts.size()});
  return cut(std::move(cuts), pristine, site.file);
}

Result<Texts> apply(const std::vector<Site>& sites, const Texts& tree) {
  std::map<std::string, std::vector<Cut>> files;
  size_t order = 0;
  for (const Site& site : sites)
    for (const Change* change : site.changes()) {
      const auto file = tree.find(change->file);
      if (file == tree.end())
        return fail(Exit::catalog,
                    "rule '" + site.rule + "' changes '" + change->file + "', which this tree does not have");
      NANOBUG_TRY(fits(site, *change, file->second));
      for (const Replacement& edit : change->edits) files[change->file].push_back({&site, &edit, order++});
    }
  Texts changed;
  for (auto& [name, cuts] : files) {
    auto text = cut(std::move(cuts), tree.at(name), name);
    NANOBUG_TRY(text);
    changed[name] = std::move(*text);
  }
  return changed;
}

}  // namespace nanobug::rewrite

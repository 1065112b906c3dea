// finder: see finder.h.
#include "mutator/rewrite/finder.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <thread>

#include "mutator/base/at_once.h"
#include "mutator/base/source_kind.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/matches.h"
#include "mutator/rewrite/operators.h"
#include "mutator/rewrite/plan.h"

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;

// A file that was read, and what rules ask of it.
struct Read {
  std::unique_ptr<Unit> unit;
  Survey survey;
};

Result<std::unique_ptr<Read>> read(const Source& source, const std::string& file, const Place& place,
                                   size_t configuration) {
  auto unit = parse_file(source.root, source.commands, file, place, configuration);
  NANOBUG_TRY(unit);
  Survey known = survey(**unit);
  return std::make_unique<Read>(Read{std::move(*unit), std::move(known)});
}

using Operations = std::vector<std::unique_ptr<Operation>>;

// What a part's matches come to in its file.
struct Found {
  std::vector<BoundNodes> matches;
  std::vector<Take> takes;                                 // point into `matches`, and to the parts
  std::shared_ptr<const Operations> operations = nullptr;  // whose part a take has that is an operator's
};

Result<Found> found_in(const CompiledPart& part, Unit& unit, std::vector<BoundNodes> matches) {
  Found found{std::move(matches), {}};
  auto takes = distinct(part, unit, found.matches);
  NANOBUG_TRY(takes);
  found.takes = std::move(*takes);
  return found;
}

Result<Found> found_by_operator(const Spot& spot, Unit& unit, const std::shared_ptr<const Operations>& all) {
  const auto one =
      std::find_if(all->begin(), all->end(), [&](const auto& known) { return known->spot == spot; });
  if (one == all->end()) return Found{};
  auto found = found_in((*one)->compiled, unit, {(*one)->nodes});
  if (found) found->operations = all;
  return found;
}

std::vector<Result<Found>> find_parts(Unit& unit, const std::vector<const CompiledPart*>& parts) {
  std::vector<const Matcher*> matchers;
  bool operated = false;
  for (const CompiledPart* part : parts)
    if (part->spot)
      operated = true;
    else
      matchers.push_back(&part->matcher);
  auto all = match_all(unit, matchers);
  const auto known = std::make_shared<const Operations>(operated ? operations(unit) : Operations());
  std::vector<Result<Found>> answers;
  size_t next = 0;
  for (const CompiledPart* part : parts)
    answers.push_back(part->spot ? found_by_operator(*part->spot, unit, known)
                                 : found_in(*part, unit, std::move(all[next++])));
  return answers;
}

// Is that the number of matches that the rule counts on, of the form's part of that number?
Status as_expected(const catalog::Rule& rule, const CompiledForm& form, size_t number, const Unit& unit,
                   const std::vector<Take>& takes) {
  const catalog::Part& part = *form.parts[number].part;
  const bool main = number == 0;
  const int expect = main ? form.form->expect : 1, count = static_cast<int>(takes.size());
  if (expect == catalog::Form::kAny ? count > 0 : count == expect) return {};
  if (takes.empty() && form.parts[number].spot)
    return fail(Exit::catalog,
                "rule '" + rule.id.value + "': the operator '" + form.parts[number].spot->op +
                    "' changes nothing at that place of '" + part.file + "'",
                part.match.place);
  if (takes.empty())
    return fail(Exit::catalog,
                "rule '" + rule.id.value + "' matches nothing in '" + part.file +
                    "'; 'nanobug rule explain " + rule.id.value + "' shows where its last candidate goes",
                part.match.place);
  std::string places;
  for (size_t i = 0; i < takes.size() && i < 8; ++i)
    places += (i ? ", " : "") + std::to_string(line_at(unit.text, takes[i].at));
  if (takes.size() > 8) places += ", …";
  return fail(Exit::catalog,
              "rule '" + rule.id.value + "' matches " + std::to_string(count) +
                  (count == 1 ? " site in '" : " sites in '") + part.file + "', not " +
                  std::to_string(expect) + (main ? " as 'expect' says" : ", as a part of 'also' must") +
                  ": line " + places,
              part.match.place);
}

// Each site of a form begins with one of its matches, or with all of them at once.
std::vector<std::vector<Take>> site_groups(const catalog::Form& form, const std::vector<Take>& takes) {
  if (form.all) return {takes};
  std::vector<std::vector<Take>> groups;
  for (const Take& take : takes) groups.push_back({take});
  return groups;
}

// The same where all parts of a form are matched in one file, which goes into each of its sites.
std::vector<std::vector<Take>> site_groups(const catalog::Form& form, std::span<const Result<Found>> parts) {
  auto groups = site_groups(form, parts[0]->takes);
  for (auto& group : groups)
    for (const Result<Found>& other : parts.subspan(1))
      group.insert(group.end(), other->takes.begin(), other->takes.end());
  return groups;
}

Site site_of(const catalog::Rule& rule, Planned planned) {
  Site site;
  static_cast<Change&>(site) = std::move(planned.change);
  site.rule = rule.id.value;
  site.bound = std::move(planned.bound);
  return site;
}

// Files know nothing of each other while they are parsed: as many at once as there are processors, but no
// more than fit beside each other in an ordinary machine's memory.
size_t parsers() {
  constexpr size_t kMost = 4;
  return std::min(kMost, size_t{std::max(1u, std::thread::hardware_concurrency())});
}

// The sites of many rules in a tree. What lies in one file is found file by file, in one parse each; a form
// with parts in several files comes afterwards, for its later files are read with the earlier ones changed.
class Finder {
 public:
  explicit Finder(const Source& source) : source_(source) {}

  void add(const catalog::Rule& rule) {
    std::vector<Error> errors;
    auto compiled = compile(rule, errors);
    Asked& asked = asked_.emplace_back(Asked{&rule, std::move(compiled), {}, {}, std::nullopt});
    if (!asked.compiled) asked.error = errors.front();
  }

  std::vector<Result<std::vector<Site>>> find() {
    std::map<std::string, std::vector<Whole>> files;
    std::vector<Whole> spread;
    for (Asked& asked : asked_) {
      if (!asked.compiled) continue;
      asked.sites.resize(asked.compiled->forms.size());
      asked.errors.resize(asked.compiled->forms.size());
      for (size_t i = 0; i < asked.compiled->forms.size(); ++i) {
        const CompiledForm& form = asked.compiled->forms[i];
        const bool one = std::all_of(form.parts.begin(), form.parts.end(), [&](const CompiledPart& part) {
          return part.part->file == form.form->file;
        });
        (one ? files[form.form->file] : spread).push_back({&asked, i});
      }
    }
    std::vector<std::function<void()>> tasks;
    for (const auto& [file, forms] : files)
      tasks.emplace_back([this, &file, &forms] { find_in_file(file, forms); });
    for (const Whole& form : spread) tasks.emplace_back([this, &form] { find_spread_form(form); });
    at_once(tasks.size(), parsers(), [&](size_t i) { tasks[i](); });
    return answers();
  }

 private:
  struct Asked {
    const catalog::Rule* rule;
    std::optional<CompiledRule> compiled;
    std::vector<std::vector<Site>> sites;      // of each form
    std::vector<std::optional<Error>> errors;  // of each form, the first
    std::optional<Error> error;                // of the rule itself
  };

  struct Whole {
    Asked* asked;
    size_t form;

    const catalog::Rule& rule() const { return *asked->rule; }
    const CompiledForm& compiled() const { return asked->compiled->forms[form]; }
    std::vector<Site>& sites() const { return asked->sites[form]; }
    void fail(const Error& error) const {
      if (!asked->errors[form]) asked->errors[form] = error;
    }
    void succeed() const { asked->errors[form].reset(); }  // in another configuration
  };

  // What matches nothing in one configuration of the file is looked for in the next.
  void find_in_file(const std::string& file, std::vector<Whole> forms) {
    for (size_t configuration = 0; !forms.empty(); ++configuration)
      forms = find_in_configuration(file, configuration, forms);
  }

  // -> the forms that match nothing there, if there is another configuration; their error is the first one's.
  std::vector<Whole> find_in_configuration(const std::string& file, size_t configuration,
                                           const std::vector<Whole>& forms) {
    const auto read = rewrite::read(source_, file, forms[0].compiled().form->in.place, configuration);
    if (!read) {
      for (const Whole& form : forms)
        form.fail({read.error().code, read.error().message, form.compiled().form->in.place});
      return {};
    }
    Unit& unit = *(*read)->unit;
    const bool is_last = configuration + 1 == unit.configurations;
    std::vector<Whole> left;
    std::vector<const CompiledPart*> parts;
    for (const Whole& form : forms)
      for (const CompiledPart& part : form.compiled().parts) parts.push_back(&part);
    auto found = find_parts(unit, parts);
    std::vector<std::vector<Take>> groups;
    std::vector<const Whole*> owners;
    size_t next = 0;
    for (const Whole& form : forms) {
      const auto own = std::span(found).subspan(next, form.compiled().parts.size());
      next += own.size();
      auto sites = groups_of(form, own, unit);
      if (!sites) {
        form.fail(sites.error());
        if (!is_last && match_nothing(own)) left.push_back(form);
        continue;
      }
      form.succeed();
      for (auto& group : *sites) {
        groups.push_back(std::move(group));
        owners.push_back(&form);
      }
    }
    auto planned = plan(unit, (*read)->survey, groups);
    for (size_t i = 0; i < groups.size(); ++i)
      if (planned[i])
        owners[i]->sites().push_back(site_of(owners[i]->rule(), std::move(*planned[i])));
      else
        owners[i]->fail(planned[i].error());
    return left;
  }

  static bool match_nothing(std::span<const Result<Found>> parts) {
    return std::all_of(parts.begin(), parts.end(),
                       [](const Result<Found>& part) { return part && part->takes.empty(); });
  }

  // The takes of each site of a form that lies in one file.
  static Result<std::vector<std::vector<Take>>> groups_of(const Whole& form,
                                                          std::span<const Result<Found>> found,
                                                          const Unit& unit) {
    for (size_t i = 0; i < found.size(); ++i) {
      NANOBUG_TRY(found[i]);
      NANOBUG_TRY(as_expected(form.rule(), form.compiled(), i, unit, found[i]->takes));
    }
    return site_groups(*form.compiled().form, found);
  }

  // One file of a form with several: its own parts, matched.
  struct Share {
    std::string file;
    std::unique_ptr<Read> read;
    std::vector<size_t> parts;         // of the form
    std::vector<Result<Found>> found;  // one a part
  };

  Result<std::vector<Share>> shares_of(const Whole& form) const {
    std::vector<Share> shares;
    const auto& parts = form.compiled().parts;
    for (size_t i = 0; i < parts.size(); ++i) {
      auto share = std::find_if(shares.begin(), shares.end(),
                                [&](const Share& s) { return s.file == parts[i].part->file; });
      if (share == shares.end())
        share = shares.insert(shares.end(), Share{parts[i].part->file, nullptr, {}, {}});
      share->parts.push_back(i);
    }
    for (Share& share : shares) NANOBUG_TRY(find_share(form, share));
    return shares;
  }

  // In the first configuration of its file in which its parts match.
  Status find_share(const Whole& form, Share& share) const {
    const auto& parts = form.compiled().parts;
    std::vector<const CompiledPart*> own;
    for (const size_t part : share.parts) own.push_back(&parts[part]);
    Status first = {};
    for (size_t configuration = 0; configuration == 0 || configuration < share.read->unit->configurations;
         ++configuration) {
      auto read = rewrite::read(source_, share.file, own[0]->part->in.place, configuration);
      NANOBUG_TRY(read);
      share.read = std::move(*read);
      share.found = find_parts(*share.read->unit, own);
      Status found = {};
      for (size_t k = 0; k < share.parts.size() && found; ++k) {
        NANOBUG_TRY(share.found[k]);
        found = as_expected(form.rule(), form.compiled(), share.parts[k], *share.read->unit,
                            share.found[k]->takes);
      }
      if (found) return {};
      if (configuration == 0) first = found;
      if (!match_nothing(share.found)) break;
    }
    return first;
  }

  void find_spread_form(const Whole& form) const {
    if (auto found = find_spread(form))
      form.sites() = std::move(*found);
    else
      form.fail(found.error());
  }

  Result<std::vector<Site>> find_spread(const Whole& form) const {
    auto shares = shares_of(form);
    NANOBUG_TRY(shares);
    std::vector<Site> sites;
    for (const std::vector<Take>& group : site_groups(*form.compiled().form, (*shares)[0].found[0]->takes)) {
      auto site = make_site(form.rule(), *shares, group);
      NANOBUG_TRY(site);
      sites.push_back(std::move(*site));
    }
    return sites;
  }

  // A file that includes another is read with it as it becomes. Headers come first; which includes which, the
  // parser says: what does not come out is tried again after the others, as long as one of them does.
  Result<Site> make_site(const catalog::Rule& rule, std::vector<Share>& shares,
                         const std::vector<Take>& group) const {
    std::vector<std::optional<Planned>> done(shares.size());
    std::vector<size_t> order;
    for (const bool header : {true, false})
      for (size_t i = 0; i < shares.size(); ++i)
        if (is_header(shares[i].file) == header) order.push_back(i);
    Overlay changed;
    std::optional<Error> error;
    for (size_t left = shares.size(); left > 0;) {
      const size_t before = left;
      error.reset();
      for (const size_t i : order) {
        if (done[i]) continue;
        Unit& unit = *shares[i].read->unit;
        auto planned = plan(unit, shares[i].read->survey,
                            {takes_of(shares[i], i == 0 ? group : std::vector<Take>{})}, changed);
        if (!planned[0]) {
          if (!error) error = planned[0].error();
          continue;
        }
        Site alone;
        static_cast<Change&>(alone) = planned[0]->change;
        auto text = rewrite::apply(alone, unit.text);
        NANOBUG_TRY(text);
        changed[source_.root / shares[i].file] = std::move(*text);
        done[i] = std::move(*planned[0]);
        --left;
      }
      if (left == before) return tl::unexpected<Error>(*error);
    }
    Site site = site_of(rule, std::move(*done[0]));
    for (size_t i = 1; i < done.size(); ++i) {
      site.also.push_back(std::move(done[i]->change));
      site.bound.merge(done[i]->bound);
    }
    return site;
  }

  static std::vector<Take> takes_of(const Share& share, std::vector<Take> group) {
    for (size_t k = 0; k < share.parts.size(); ++k)
      if (share.parts[k] != 0)
        group.insert(group.end(), share.found[k]->takes.begin(), share.found[k]->takes.end());
    return group;
  }

  std::vector<Result<std::vector<Site>>> answers() {
    std::vector<Result<std::vector<Site>>> all;
    for (Asked& asked : asked_) {
      for (const auto& error : asked.errors)
        if (error && !asked.error) asked.error = error;
      if (asked.error) {
        all.emplace_back(tl::unexpected<Error>(*asked.error));
        continue;
      }
      std::vector<Site> sites;
      for (auto& of_form : asked.sites)
        for (Site& site : of_form) sites.push_back(std::move(site));
      for (size_t i = 0; i < sites.size(); ++i) sites[i].index = static_cast<int>(i);
      all.emplace_back(std::move(sites));
    }
    return all;
  }

  const Source& source_;
  std::deque<Asked> asked_;
};

// The unit is the file of each part: those that match in it are made there.
Result<std::vector<Site>> find_in_unit(const catalog::Rule& rule, const CompiledForm& form, Unit& unit,
                                       const Survey& known) {
  std::vector<const CompiledPart*> parts;
  for (const CompiledPart& part : form.parts) parts.push_back(&part);
  std::vector<Result<Found>> found = find_parts(unit, parts);
  for (const Result<Found>& one : found) NANOBUG_TRY(one);
  std::vector<Site> sites;
  if (found[0]->takes.empty()) return sites;
  for (Result<Planned>& planned : plan(unit, known, site_groups(*form.form, found))) {
    NANOBUG_TRY(planned);
    sites.push_back(site_of(rule, std::move(*planned)));
  }
  return sites;
}

}  // namespace

std::vector<Result<std::vector<Site>>> find_sites(const std::vector<const catalog::Rule*>& rules,
                                                  const Source& source) {
  Finder finder(source);
  for (const catalog::Rule* rule : rules) finder.add(*rule);
  return finder.find();
}

Result<std::vector<Site>> find_sites(const catalog::Rule& rule, Unit& unit, const Survey& known) {
  std::vector<Error> errors;
  const auto compiled = compile(rule, errors);
  if (!compiled) return tl::unexpected<Error>(errors.front());
  std::vector<Site> sites;
  for (const CompiledForm& form : compiled->forms) {
    auto found = find_in_unit(rule, form, unit, known);
    NANOBUG_TRY(found);
    for (Site& site : *found) sites.push_back(std::move(site));
  }
  for (size_t i = 0; i < sites.size(); ++i) sites[i].index = static_cast<int>(i);
  return sites;
}

}  // namespace nanobug::rewrite

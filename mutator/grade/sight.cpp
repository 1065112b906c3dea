// sight: what sees a bug, what of it is its own, and whether it is still there. See together.h.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "mutator/grade/together.h"

namespace nanobug::grade {
namespace {

// So many tell a bug well enough, and are asked in a second.
constexpr size_t kFew = 8;

// Does it make this probe fail?
bool blinds(const Sight& sight, const std::string& probe) {
  return sight.probes.contains(probe);
}

// May that record be another one because of it?
bool may_part(const Sight& sight, const std::string& series, int record) {
  if (!sight.runs_known) return true;
  const auto parts = sight.runs.find(series);
  return parts != sight.runs.end() && parts->second <= record;
}

template <class May>
bool any_other(const std::vector<Sight>& sights, size_t own, May may) {
  for (size_t i = 0; i < sights.size(); ++i)
    if (i != own && may(sights[i])) return true;
  return false;
}

struct Record {
  std::string run, series;
  int step = 0, at = 0;
};

// "parity.pretraining 0 loss 3"; nothing for a probe's name.
std::optional<Record> record_of(const std::string& observer) {
  const size_t run = observer.find(' '), step = observer.find(' ', run + 1), at = observer.rfind(' ');
  if (run == std::string::npos || step == std::string::npos || at <= step) return std::nullopt;
  return Record{observer.substr(0, run), observer.substr(step + 1, at - step - 1),
                std::stoi(observer.substr(run + 1)), std::stoi(observer.substr(at + 1))};
}

// Nothing where this machine does not ask it.
std::optional<bool> fails(const Record& record, const Verdict& verdict) {
  for (const ParityAnswer& answer : verdict.parity) {
    if (answer.id != record.run || answer.how == ParityAnswer::How::excluded) continue;
    if (answer.how == ParityAnswer::How::not_run) return true;
    return std::any_of(answer.partings.begin(), answer.partings.end(), [&](const Parting& parting) {
      return parting.step == record.step && parting.what == record.series && parting.at <= record.at;
    });
  }
  return std::nullopt;
}

std::optional<bool> fails(const std::string& observer, const Verdict& verdict) {
  if (const auto record = record_of(observer)) return fails(*record, verdict);
  for (const workshop::ProbeAnswer& answer : verdict.probes)
    if (answer.probe == observer) return !answer.passed();
  return std::nullopt;
}

}  // namespace

std::vector<std::vector<std::string>> own_observers(const std::vector<Sight>& sights,
                                                    const std::vector<std::vector<std::string>>& first) {
  std::vector<std::vector<std::string>> all(sights.size());
  for (size_t i = 0; i < sights.size(); ++i) {
    for (const std::string& probe : sights[i].probes)
      if (!any_other(sights, i, [&](const Sight& other) { return blinds(other, probe); }))
        all[i].push_back(probe);
    const auto comes_later = [&](const std::string& probe) {
      return i >= first.size() || std::count(first[i].begin(), first[i].end(), probe) == 0;
    };
    std::stable_sort(all[i].begin(), all[i].end(), [&](const std::string& a, const std::string& b) {
      return comes_later(a) < comes_later(b);
    });
    if (all[i].empty())
      for (const auto& [series, record] : sights[i].runs)
        if (!any_other(sights, i, [&, at = record, &name = series](const Sight& other) {
              return may_part(other, name, at);
            }))
          all[i].push_back(fmt::format("{} {}", series, record));
    if (all[i].size() > kFew) all[i].resize(kFew);
  }
  return all;
}

bool is_there(const std::vector<std::string>& own, const Verdict& verdict) {
  if (verdict.solved) return false;
  bool asked = false;
  for (const std::string& observer : own)
    if (const auto failing = fails(observer, verdict)) {
      if (*failing) return true;
      asked = true;
    }
  return !asked;
}

}  // namespace nanobug::grade

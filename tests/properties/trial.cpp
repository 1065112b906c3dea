// trial: see trial.h.
#include "tests/properties/trial.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "mutator/base/files.h"
#include "mutator/rewrite/rewriter.h"
#include "tests/properties/oracle.h"

namespace nanobug::properties {
namespace {

std::string before_name(size_t i) {
  return "f_" + std::to_string(i);
}
std::string after_name(size_t i) {
  return "g_" + std::to_string(i);
}

// A file of functions, and which lines and bytes are whose.
class File {
 public:
  void add(size_t which, const std::string& function) {
    const int lines = static_cast<int>(std::count(function.begin(), function.end(), '\n'));
    owners_.push_back({which, text_.size(), text_.size() + function.size(), line_, line_ + lines});
    text_ += function;
    line_ += lines;
  }
  const std::string& text() const { return text_; }
  size_t begin_of(size_t which) const { return owner(which).begin; }
  std::string error_of(size_t which, const Reading& reading) const {
    const Owner& owned = owner(which);
    const auto found = reading.errors.lower_bound(owned.first);
    return found == reading.errors.end() || found->first >= owned.beyond ? "" : found->second;
  }

 private:
  struct Owner {
    size_t which, begin, end;
    int first, beyond;
  };
  const Owner& owner(size_t which) const {
    return *std::find_if(owners_.begin(), owners_.end(),
                         [&](const Owner& each) { return each.which == which; });
  }

  std::string text_ = prelude();
  int line_ = 1 + static_cast<int>(std::count(prelude().begin(), prelude().end(), '\n'));
  std::vector<Owner> owners_;
};

// Not as safe as base's write_file, and not as slow: it does not wait for the disk.
void write(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("'" + file.string() + "' cannot be written");
}

// The new text of one function, of edits of the file.
std::string edited(std::string function, size_t begin, const std::vector<rewrite::Replacement>& edits) {
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
    function.replace(edit->offset - begin, edit->length, edit->text);
  return function;
}

// Is everything but the targets, with the parentheses and blanks around them, as it was?
bool keeps_the_rest(const Case& trial, const std::string& before, const Places& places,
                    const std::string& after) {
  std::vector<Span> targets;
  for (const Edit& edit : trial.edits) {
    targets.push_back(places.around.at(edit.target));
    if (edit.kind == Edit::Kind::swap) targets.push_back(places.around.at(edit.other));
  }
  std::sort(targets.begin(), targets.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  const auto blank = [&](size_t at) { return std::isspace(static_cast<unsigned char>(before[at])) != 0; };
  size_t from = 0, at = 0;  // in `before`, in `after`
  for (const Span& target : targets) {
    size_t end = target.begin;
    while (end > from && blank(end - 1)) --end;
    const size_t found = after.find(before.substr(from, end - from), at);
    if (found == std::string::npos || (from == 0 && found > 0)) return false;
    at = found + end - from;
    from = target.end;
    while (from < before.size() && blank(from)) ++from;
  }
  const std::string rest = before.substr(from);
  return after.size() >= at + rest.size() && after.ends_with(rest);
}

// Parentheses outside of comments.
size_t opened(const std::string& text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "//") == 0)
      at = text.find('\n', at);
    else if (text.compare(at, 2, "/*") == 0)
      at = text.find("*/", at) + 1;
    else
      count += text[at] == '(';
  }
  return count;
}

}  // namespace

const char* name_of(Verdict verdict) {
  static const char* names[] = {"holds", "invalid", "refused", "broken", "changed", "reaches", "brackets"};
  return names[static_cast<size_t>(verdict)];
}

struct Laboratory::Parts {
  std::unique_ptr<rewrite::Rewriter> rewriter;
  fs::path directory;
};

Laboratory::Laboratory() : parts_(new Parts) {
  auto rewriter = rewrite::open_rewriter();
  if (!rewriter) throw std::runtime_error(rewriter.error().text());
  parts_->rewriter = std::move(*rewriter);
  parts_->directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-properties");
  const std::string here = parts_->directory.string();
  write(parts_->directory / "compile_commands.json",
        R"([{"directory": ")" + here + R"(", "file": "code.cpp", "arguments": )" +
            R"(["clang++", "-std=c++20", "-w", "-c", "code.cpp"]}])");
}

Laboratory::~Laboratory() {
  (void)remove_tree(parts_->directory);
}

std::vector<Outcome> Laboratory::judge(const std::vector<Case>& cases) {
  std::vector<Outcome> outcomes(cases.size());
  File sources, models;
  for (size_t i = 0; i < cases.size(); ++i) {
    sources.add(i, source_of(cases[i], before_name(i)));
    models.add(i, full_source_of(cases[i], before_name(i)) + full_result_of(cases[i], after_name(i)));
  }
  const Reading clean = read(sources.text()), model = read(models.text());
  File file;
  std::vector<catalog::Rule> rules;
  std::vector<size_t> valid;
  for (size_t i = 0; i < cases.size(); ++i) {
    std::string error = sources.error_of(i, clean);
    if (error.empty()) error = models.error_of(i, model);
    const auto tree = clean.trees.find(before_name(i)), full = model.trees.find(before_name(i));
    if (error.empty() &&
        (tree == clean.trees.end() || full == model.trees.end() || tree->second != full->second))
      error = "the model's text is not the source's tree";
    if (!error.empty()) {
      outcomes[i] = {Verdict::invalid, source_of(cases[i], "f") + full_result_of(cases[i], "g"), error};
      continue;
    }
    valid.push_back(i);
    file.add(i, source_of(cases[i], before_name(i)));
    rules.push_back(rule_of(cases[i], before_name(i)));
  }
  if (valid.empty()) return outcomes;
  write(parts_->directory / "code.cpp", file.text());
  std::vector<const catalog::Rule*> all;
  for (const catalog::Rule& rule : rules) all.push_back(&rule);
  const auto answers = parts_->rewriter->find(all, {parts_->directory, parts_->directory});

  File results;
  for (size_t k = 0; k < valid.size(); ++k) {
    const size_t i = valid[k];
    if (!answers[k]) {
      // That an edit changes nothing is for the rewriter to say.
      if (model.trees.at(after_name(i)) != model.trees.at(before_name(i)))
        outcomes[i] = {Verdict::refused, "", answers[k].error().text()};
      continue;
    }
    const auto& edits = answers[k]->at(0).edits;
    Places places;
    const std::string function = source_of(cases[i], before_name(i), &places);
    const size_t begin = file.begin_of(i);
    const bool own = std::all_of(edits.begin(), edits.end(), [&](const rewrite::Replacement& edit) {
      return edit.offset >= begin && edit.offset + edit.length <= begin + function.size();
    });
    if (!own) {
      outcomes[i] = {Verdict::reaches, "", "an edit lies outside of the function"};
      continue;
    }
    outcomes[i].text = edited(function, begin, edits);
    if (!keeps_the_rest(cases[i], function, places, outcomes[i].text)) outcomes[i].verdict = Verdict::reaches;
    results.add(i, outcomes[i].text);
  }
  const Reading together = read(results.text());
  for (const size_t i : valid) {
    Outcome& outcome = outcomes[i];
    if (outcome.text.empty()) continue;
    const std::string& wanted = model.trees.at(after_name(i));
    const auto found = together.trees.find(before_name(i));
    if (!results.error_of(i, together).empty() || found == together.trees.end() || found->second != wanted) {
      // A neighbour's loose bracket may be why: once more, alone.
      File alone;
      alone.add(i, outcome.text);
      const Reading reading = read(alone.text());
      const auto tree = reading.trees.find(before_name(i));
      if (!reading.errors.empty() || tree == reading.trees.end()) {
        outcome.verdict = Verdict::broken;
        outcome.message = reading.errors.empty() ? "" : reading.errors.begin()->second;
      } else if (tree->second != wanted) {
        outcome.verdict = Verdict::changed;
      }
    }
    if (outcome.verdict == Verdict::holds &&
        opened(outcome.text) > opened(plain_result_of(cases[i], before_name(i))))
      outcome.verdict = Verdict::brackets;
  }
  return outcomes;
}

}  // namespace nanobug::properties

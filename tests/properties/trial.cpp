// trial: see trial.h.
#include "tests/properties/trial.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "mutator/base/files.h"
#include "mutator/rewrite/rewriter.h"
#include "tests/properties/expression.h"
#include "tests/properties/oracle.h"

namespace nanobug::properties {
namespace {

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

std::string tree_of(const Reading& reading, const std::string& function) {
  const auto found = reading.trees.find(function);
  return found == reading.trees.end() ? "" : found->second;
}

// A neighbour's loose bracket may be why a text reads wrong: once more, without neighbours.
Outcome alone(size_t i, const std::string& text, const std::string& wanted) {
  File file;
  file.add(i, text);
  const Reading reading = read(file.text());
  if (!reading.errors.empty()) return {Verdict::broken, text, reading.errors.begin()->second};
  return {tree_of(reading, before_name(i)) == wanted ? Verdict::holds : Verdict::changed, text, ""};
}

}  // namespace

std::string before_name(size_t i) {
  return "f_" + std::to_string(i);
}
std::string after_name(size_t i) {
  return "g_" + std::to_string(i);
}

const char* name_of(Verdict verdict) {
  static const char* names[] = {"holds",  "invalid", "void",    "refused", "declined",
                                "broken", "changed", "reaches", "brackets"};
  return names[static_cast<size_t>(verdict)];
}

bool is_failure(Verdict verdict) {
  return verdict != Verdict::holds && verdict != Verdict::void_ && verdict != Verdict::declined;
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

std::vector<Outcome> Laboratory::judge(const std::vector<Question>& questions) {
  std::vector<Outcome> outcomes(questions.size());
  File sources, models, results;
  for (size_t i = 0; i < questions.size(); ++i) {
    sources.add(i, questions[i].source);
    models.add(i, questions[i].full_source);
    results.add(i, questions[i].full_result);
  }
  const Reading clean = read(sources.text()), model = read(models.text()), wanted = read(results.text());
  std::vector<size_t> valid;
  for (size_t i = 0; i < questions.size(); ++i) {
    std::string error = sources.error_of(i, clean);
    if (error.empty()) error = models.error_of(i, model);
    if (error.empty() && tree_of(clean, before_name(i)) != tree_of(model, before_name(i)))
      error = "the model's text is not the source's tree";
    if (!error.empty())
      outcomes[i] = {Verdict::invalid, "", error};
    else if (!results.error_of(i, wanted).empty())
      outcomes[i] = {Verdict::void_, "", results.error_of(i, wanted)};
    else
      valid.push_back(i);
  }
  const std::map<size_t, std::string> texts = rewritten(questions, valid, outcomes);
  File file;
  for (const auto& [i, text] : texts) file.add(i, text);
  const Reading together = read(file.text());
  for (const auto& [i, text] : texts) {
    const std::string tree = tree_of(wanted, after_name(i));
    const bool same = file.error_of(i, together).empty() && tree_of(together, before_name(i)) == tree;
    outcomes[i] = same ? Outcome{Verdict::holds, text, ""} : alone(i, text, tree);
    if (outcomes[i].verdict == Verdict::holds) outcomes[i].verdict = questions[i].look(text);
  }
  for (const size_t i : valid)  // that an edit changes nothing is for the rewriter to say
    if ((outcomes[i].verdict == Verdict::refused || outcomes[i].verdict == Verdict::declined) &&
        tree_of(wanted, after_name(i)) == tree_of(model, before_name(i)))
      outcomes[i].verdict = Verdict::void_;
  return outcomes;
}

// The new text of each function that the rewriter has an answer for; of the others, the outcome.
std::map<size_t, std::string> Laboratory::rewritten(const std::vector<Question>& questions,
                                                    const std::vector<size_t>& valid,
                                                    std::vector<Outcome>& outcomes) {
  std::map<size_t, std::string> texts;
  File file;
  std::vector<const catalog::Rule*> rules;
  for (const size_t i : valid) file.add(i, questions[i].source), rules.push_back(&questions[i].rule);
  if (valid.empty()) return texts;
  write(parts_->directory / "code.cpp", file.text());
  const auto answers = parts_->rewriter->find(rules, {parts_->directory, parts_->directory});
  for (size_t k = 0; k < valid.size(); ++k) {
    const size_t i = valid[k];
    if (!answers[k]) {
      const std::string reason = answers[k].error().text();
      if (questions[i].may_not_match && reason.find("matches nothing") != std::string::npos)
        outcomes[i] = {Verdict::void_, "", reason};
      else
        outcomes[i] = {questions[i].may_refuse ? Verdict::declined : Verdict::refused, "", reason};
      continue;
    }
    const size_t begin = file.begin_of(i), end = begin + questions[i].source.size();
    const auto& edits = answers[k]->at(0).edits;
    const bool own = std::all_of(edits.begin(), edits.end(), [&](const rewrite::Replacement& edit) {
      return edit.offset >= begin && edit.offset + edit.length <= end;
    });
    if (own)
      texts[i] = edited(questions[i].source, begin, edits);
    else
      outcomes[i] = {Verdict::reaches, "", "an edit lies outside of the function"};
  }
  return texts;
}

}  // namespace nanobug::properties

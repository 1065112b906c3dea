// explain: what a symptom usually is, where to look, and what to practise it on. It knows of no session, so
// it cannot speak of what is open.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/advice.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

using catalog::Symptom;

nlohmann::json values(const std::vector<catalog::Text>& texts) {
  nlohmann::json all = nlohmann::json::array();
  for (const catalog::Text& text : texts) all.push_back(text.value);
  return all;
}

nlohmann::json to_json(const Symptom& symptom) {
  nlohmann::json code = nlohmann::json::array();
  for (const catalog::Code& one : symptom.code)
    code.push_back({{"file", one.file.value}, {"functions", values(one.functions)}});
  return {{"symptom", symptom.name.value},
          {"meaning", symptom.meaning},
          {"other_words", symptom.other_words},
          {"likely", symptom.likely},
          {"code", std::move(code)},
          {"metrics", values(symptom.metrics)},
          {"check", values(symptom.observables)},
          {"runs", values(symptom.runs)},
          {"try", symptom.tries},
          {"drills", values(symptom.drills)},
          {"not_so", symptom.not_so}};
}

Result<catalog::Guide> guide_of(Context& c, const catalog::Catalog& catalog) {
  if (catalog.tree.guide.value.empty())
    return fail(Exit::check_failed,
                "this tree has no guide to symptoms; its catalog's head may name one, 'guide'");
  auto guide = catalog::load_guide(catalog);
  if (guide) return std::move(*guide);
  for (size_t i = 0; i + 1 < guide.error().size(); ++i) c.ui.complain(guide.error()[i]);
  return tl::unexpected(guide.error().back());
}

void list(Context& c, const catalog::Guide& guide) {
  if (c.ui.json) {
    nlohmann::json json = nlohmann::json::array();
    for (const Symptom& symptom : guide.symptoms) json.push_back(to_json(symptom));
    return c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  }
  std::string names;
  for (const Symptom& symptom : guide.symptoms) names += symptom.name.value + '\n';
  c.ui.data(names);
  c.ui.say("'nanobug explain WORDS' shows the one that fits");
}

// A question as an error repeats it: in one line, and not all of a long one.
std::string repeated(const std::string& question) {
  constexpr size_t kMost = 60;
  std::string text;
  for (const char c : question) {
    if (text.size() >= kMost && (static_cast<unsigned char>(c) & 0xC0) != 0x80) return text + "…";
    text += static_cast<unsigned char>(c) < ' ' || c == 0x7F ? ' ' : c;
  }
  return text;
}

void show(Context& c, const catalog::Catalog& catalog, const coach::Advice& advice) {
  for (const auto& [word, read] : advice.guessed)
    c.ui.say(fmt::format("'{}' is read as '{}'", repeated(word), read));
  const bool several = advice.best.size() > 1;
  if (several) c.ui.say("No entry is just that; these come nearest.");
  const auto width = static_cast<size_t>(c.ui.width());
  std::string text;
  // Several are a choice, and a choice is read at a glance.
  for (const Symptom* symptom : advice.best)
    text += (text.empty() ? "" : "\n") + c.ui.strong(symptom->name.value) + '\n' +
            (several ? coach::wrap(symptom->meaning, width, "  ")
                     : '\n' + coach::described(*symptom, catalog, width));
  c.ui.data(text);
  if (several) c.ui.say("'nanobug explain', with one of these names, has where to look and what to try");
  std::string near;
  for (const Symptom* symptom : advice.near) near += "\n  " + symptom->name.value;
  if (!near.empty()) c.ui.say("\nNear it:" + near);
}

Result<Exit> explain(Context& c, const std::optional<std::string>& question) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto guide = guide_of(c, **loaded);
  NANOBUG_TRY(guide);
  if (!question) {
    list(c, *guide);
    return Exit::ok;
  }
  if (question->find_first_not_of(" \t\r\n") == std::string::npos)
    return fail(Exit::usage, "the question is empty; 'nanobug explain' lists what can be asked");
  const coach::Advice advice = coach::advise(*guide, *question);
  if (advice.best.empty())
    return fail(Exit::check_failed,
                fmt::format("no entry fits '{}'; 'nanobug explain' lists them", repeated(*question)));
  if (!c.ui.json) {
    show(c, **loaded, advice);
    return Exit::ok;
  }
  nlohmann::json json = nlohmann::json::array();
  for (const Symptom* symptom : advice.best) json.push_back(to_json(*symptom));
  c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  return Exit::ok;
}

}  // namespace

void add_explain(Verbs& verbs) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* verb =
      verbs.add(verbs.app, "explain", "What a symptom usually is, where to look, and drills for it");
  const CLI::Option* option =
      verb->add_option("words", *words,
                       "What you see, in any words: loss is nan (default: list the symptoms)")
          ->type_name("WORDS");
  verbs.on(verb, [words, option, &c = verbs.context] {
    std::string question;
    for (const std::string& word : *words) question += (question.empty() ? "" : " ") + word;
    return explain(c, option->count() > 0 ? std::optional(question) : std::nullopt);
  });
}

}  // namespace nanobug::cli

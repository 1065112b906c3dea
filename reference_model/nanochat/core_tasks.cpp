// Tasks: made up, and from the user's files. Contracts are in the header.

#include "nanochat/core_tasks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>

#include "nanochat/common.h"
#include "nanochat/core_eval.h"
#include "nanochat/dataset.h"
#include "nanochat/files.h"
#include "nanochat/jsonl.h"
#include "nanochat/pattern.h"

namespace nanochat {

namespace {

using Words = std::vector<std::string>;

// What a story or a word problem says, as far as it is asked for.
struct Story {
  std::string context;  // up to what the hero goes home with
  std::string thing;
};
struct WordProblem {
  std::string hero, pronoun;
  std::string rest;  // of what happens, after the hero's name
  std::string count, fruit;
};

std::optional<Story> read_story(const std::string& document) {
  static const Pattern ending(R"((.* went home with the) (\w+ \w+)\.)");
  const auto match = ending.match(document);
  if (!match) return std::nullopt;
  Story story{(*match)[1], (*match)[2]};
  if (story.context.find(story.thing) == std::string::npos) return std::nullopt;
  return story;
}

std::optional<WordProblem> read_word_problem(const std::string& document) {
  static const Pattern form(R"((\w+)( has \d+ (\w+)\. (He|She) .*\.) Now \w+ has (\d+) \w+\.)");
  const auto match = form.match(document);
  if (!match) return std::nullopt;
  return WordProblem{.hero = (*match)[1],
                     .pronoun = (*match)[4],
                     .rest = (*match)[2],
                     .count = (*match)[5],
                     .fruit = (*match)[3]};
}

// `right` among `wrong` other words of `pool`, in any order; nothing if the pool has not as many.
struct Choices {
  Words words;
  int64_t gold;
};
std::optional<Choices> mix(Rng& rng, const std::set<std::string>& pool, const std::string& right,
                           size_t wrong) {
  Words others(pool.begin(), pool.end());
  std::erase(others, right);
  if (others.size() < wrong) return std::nullopt;
  rng.shuffle(others);
  others.resize(wrong);
  const int64_t gold = rng.below(static_cast<int64_t>(wrong) + 1);
  others.insert(others.begin() + gold, right);
  return Choices{others, gold};
}

std::vector<TaskItem> story_items(Rng& rng, const std::vector<Story>& stories) {
  std::set<std::string> things;
  for (const Story& story : stories) things.insert(story.thing + ".");
  std::vector<TaskItem> items;
  for (const Story& story : stories) {
    const std::optional<Choices> choices = mix(rng, things, story.thing + ".", 3);
    if (choices) items.push_back({{story.context}, choices->words, choices->gold});
  }
  return items;
}

std::vector<TaskItem> fruit_items(Rng& rng, const std::vector<WordProblem>& problems) {
  std::set<std::string> fruits;
  for (const WordProblem& problem : problems) fruits.insert(problem.fruit + ".");
  std::vector<TaskItem> items;
  for (const WordProblem& p : problems) {
    const std::string context = p.hero + p.rest + " Now " + p.hero + " has " + p.count;
    const std::optional<Choices> choices = mix(rng, fruits, p.fruit + ".", 3);
    if (choices) items.push_back({{context}, choices->words, choices->gold});
  }
  return items;
}

// Somebody else is somebody whom the same pronoun stands for, or the pronoun would give it away.
std::vector<TaskItem> hero_items(Rng& rng, const std::vector<WordProblem>& problems) {
  std::map<std::string, std::set<std::string>> heroes;
  for (const WordProblem& problem : problems) heroes[problem.pronoun].insert(problem.hero);
  std::vector<TaskItem> items;
  for (const WordProblem& p : problems) {
    const std::optional<Choices> choices = mix(rng, heroes[p.pronoun], p.hero, 1);
    if (!choices) continue;
    Words contexts;
    for (const std::string& hero : choices->words) contexts.push_back(hero + p.rest);
    const std::string continuation = "Now " + p.hero + " has " + p.count + " " + p.fruit + ".";
    items.push_back({contexts, {continuation}, choices->gold});
  }
  return items;
}

std::vector<TaskItem> count_items(const std::vector<WordProblem>& problems) {
  std::vector<TaskItem> items;
  for (const WordProblem& p : problems) {
    items.push_back(
        {{p.hero + p.rest + " Now " + p.hero + " has"}, {p.count + " " + p.fruit + "."}, 0});
  }
  return items;
}

std::vector<TaskItem> sum_items(const Words& documents) {
  static const Pattern form(R"((\d+ \+ \d+ =) (\d+))");
  std::vector<TaskItem> items;
  for (const std::string& document : documents) {
    const auto match = form.search(document);
    if (match) items.push_back({{(*match)[1]}, {(*match)[2]}, 0});
  }
  return items;
}

}  // namespace

std::vector<Task> generate_tasks(int64_t items, uint64_t seed) {
  // Of ten stories at least one ends as it should here.
  const Words documents = generate_documents(40 * items + 400, seed);
  std::vector<Story> stories;
  std::vector<WordProblem> problems;
  for (const std::string& document : documents) {
    if (const auto story = read_story(document)) stories.push_back(*story);
    if (const auto problem = read_word_problem(document)) problems.push_back(*problem);
  }

  Rng rng(seed);
  using enum TaskKind;
  std::vector<Task> tasks = {
      {.name = "story-thing", .kind = multiple_choice, .items = story_items(rng, stories)},
      {.name = "which-fruit", .kind = multiple_choice, .items = fruit_items(rng, problems)},
      {.name = "who-has", .kind = schema, .items = hero_items(rng, problems)},
      {.name = "how-many", .kind = language_modeling, .items = count_items(problems)},
      {.name = "sums",
       .kind = language_modeling,
       .items = sum_items(documents),
       .num_fewshot = 3,
       .separator = "\n"},
  };
  for (Task& task : tasks) {
    rng.shuffle(task.items);
    task.items.resize(std::min(task.items.size(), static_cast<size_t>(items)));
  }
  return tasks;
}

std::vector<Task> load_tasks(const std::string& path, int64_t num_fewshot) {
  std::istringstream lines(read_file(path));
  std::vector<Task> tasks;
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string place = path + ", line " + std::to_string(number) + ": ";
    std::optional<TaskLine> parsed = task_of_json(line);
    if (!parsed) {
      throw std::runtime_error(
          place +
          "not an item of a task: it needs query, choices and gold, or "
          "context_options, continuation and gold, or context and continuation");
    }
    try {
      check_item(parsed->kind, parsed->item);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(place + error.what());
    }
    auto task = std::find_if(tasks.begin(), tasks.end(),
                             [&](const Task& known) { return known.name == parsed->name; });
    if (task == tasks.end()) {
      task = tasks.insert(task, Task());
      task->name = parsed->name;
      task->kind = parsed->kind;
      task->num_fewshot = num_fewshot;
    }
    if (task->kind != parsed->kind) {
      throw std::runtime_error(place + "another form than the items before have of task " +
                               parsed->name);
    }
    task->items.push_back(std::move(parsed->item));
  }
  if (tasks.empty()) throw std::runtime_error(path + " holds no item of a task");
  return tasks;
}

}  // namespace nanochat

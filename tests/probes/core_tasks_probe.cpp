// Made-up tasks, which must be honest, and tasks from files.

#include "nanochat/core_eval.h"
#include "nanochat/core_tasks.h"

#include <regex>
#include <set>

#include "probe.h"
#include "temporary.h"

using nanochat::Task;
using nanochat::TaskItem;
using nanochat::TaskKind;

namespace {

// A file that is gone when the probe ends.
class File {
 public:
  explicit File(const std::string& content) { probe::put_content(path(), content); }
  std::string path() const { return directory_ / "tasks.jsonl"; }

 private:
  probe::TemporaryDirectory directory_;
};

const std::vector<Task>& made_up() {
  static const std::vector<Task> tasks = nanochat::generate_tasks(30, 9);
  return tasks;
}

const Task& named(const std::string& name) {
  for (const Task& task : made_up()) {
    if (task.name == name) return task;
  }
  throw std::runtime_error("no task " + name);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string without_point(const std::string& text) {
  return text.substr(0, text.find('.'));
}

}  // namespace

TEST_CASE("core_tasks.shape", "[documents]") {
  std::vector<std::string> names;
  for (const Task& task : made_up()) {
    CAPTURE(task.name);
    names.push_back(task.name);
    CHECK(task.items.size() == 30);
    CHECK_NOTHROW(nanochat::check_task(task));
    CHECK(task.num_fewshot == (task.name == "sums" ? 3 : 0));
    std::set<int64_t> golds;
    std::set<std::string> contexts;
    for (const TaskItem& item : task.items) {
      golds.insert(item.gold);
      contexts.insert(item.contexts[static_cast<size_t>(item.contexts.size() > 1 ? item.gold : 0)]);
      const std::vector<std::string>& options = item.contexts.size() > 1 ? item.contexts : item.continuations;
      CHECK(std::set<std::string>(options.begin(), options.end()).size() == options.size());
    }
    // The right option is in every place, and items differ.
    CHECK(golds.size() == (task.kind == TaskKind::multiple_choice ? 4u
                           : task.kind == TaskKind::schema        ? 2u
                                                                  : 1u));
    CHECK(contexts.size() > 25);
  }
  CHECK(names == std::vector<std::string>{"story-thing", "which-fruit", "who-has", "how-many", "sums"});
}

TEST_CASE("core_tasks.choices", "[documents]") {
  // The right choice can be read in the context, the wrong ones cannot.
  for (const std::string name : {"story-thing", "which-fruit"}) {
    CHECK(named(name).kind == TaskKind::multiple_choice);
    for (const TaskItem& item : named(name).items) {
      REQUIRE(item.continuations.size() == 4);
      for (size_t option = 0; option < 4; ++option) {
        CAPTURE(name, item.contexts[0], item.continuations[option]);
        CHECK(item.continuations[option].back() == '.');
        CHECK(contains(item.contexts[0], without_point(item.continuations[option])) ==
              (static_cast<int64_t>(option) == item.gold));
      }
    }
  }
  for (const TaskItem& item : named("story-thing").items)
    CHECK(item.contexts[0].ends_with(" went home with the"));
}

TEST_CASE("core_tasks.wrong_choices", "[documents]") {
  // The wrong choices are drawn from all there are: every kind of fruit is one for some item.
  std::set<std::string> fruit, wrong;
  for (const TaskItem& item : named("which-fruit").items) {
    for (size_t option = 0; option < 4; ++option) {
      fruit.insert(item.continuations[option]);
      if (static_cast<int64_t>(option) != item.gold) wrong.insert(item.continuations[option]);
    }
  }
  CHECK(wrong.size() > 6);
  CHECK(wrong == fruit);
}

TEST_CASE("core_tasks.many", "[documents]") {
  // More items need more documents.
  for (const Task& task : nanochat::generate_tasks(70, 11)) CHECK(task.items.size() == 70);
}

TEST_CASE("core_tasks.heroes", "[documents]") {
  CHECK(named("who-has").kind == TaskKind::schema);
  for (const TaskItem& item : named("who-has").items) {
    REQUIRE(item.contexts.size() == 2);
    const std::string& right = item.contexts[static_cast<size_t>(item.gold)];
    const std::string& wrong = item.contexts[static_cast<size_t>(1 - item.gold)];
    CAPTURE(right, wrong, item.continuations[0]);
    const std::string hero = right.substr(0, right.find(' ')), other = wrong.substr(0, wrong.find(' '));
    CHECK(item.continuations[0].rfind("Now " + hero + " has ", 0) == 0);
    CHECK_FALSE(contains(item.continuations[0], other));
    CHECK(right.substr(hero.size()) == wrong.substr(other.size()));  // nothing else gives it away
  }
}

TEST_CASE("core_tasks.numbers", "[documents]") {
  const std::regex problem(R"(^(\w+) has (\d+) (\w+)\. \w+ (\w+) (\d+) .*\. Now (\w+) has (\d+) (\w+)\.$)");
  for (const TaskItem& item : named("how-many").items) {
    std::smatch m;
    const std::string text = item.contexts[0] + " " + item.continuations[0];
    CAPTURE(text);
    REQUIRE(std::regex_match(text, m, problem));
    const int64_t before = std::stoll(m[2]), change = std::stoll(m[5]);
    CHECK(std::stoll(m[7]) == (m[4] == "finds" ? before + change : before - change));
    CHECK(m[1] == m[6]);
    CHECK(m[3] == m[8]);
    CHECK(item.contexts[0].ends_with(" has"));
  }
  const std::regex sum(R"(^(\d+) \+ (\d+) =$)");
  for (const TaskItem& item : named("sums").items) {
    std::smatch m;
    REQUIRE(std::regex_match(item.contexts[0], m, sum));
    CHECK(std::to_string(std::stoll(m[1]) + std::stoll(m[2])) == item.continuations[0]);
  }
  CHECK(named("sums").separator == "\n");
  // With the items' own numbers, "which-fruit" and "how-many" ask for the end of the same kind of text.
  for (const TaskItem& item : named("which-fruit").items) {
    std::smatch m;
    const std::string text = item.contexts[0] + " " + item.continuations[static_cast<size_t>(item.gold)];
    CAPTURE(text);
    CHECK(std::regex_match(text, m, problem));
  }
}

TEST_CASE("core_tasks.seed", "[documents]") {
  const auto texts = [](const std::vector<Task>& tasks) {
    std::vector<std::string> all;
    for (const Task& task : tasks) {
      for (const TaskItem& item : task.items) {
        for (const std::string& context : item.contexts) all.push_back(context);
        for (const std::string& continuation : item.continuations) all.push_back(continuation);
      }
    }
    return all;
  };
  CHECK(texts(nanochat::generate_tasks(30, 9)) == texts(made_up()));
  CHECK(texts(nanochat::generate_tasks(30, 10)) != texts(made_up()));
  for (const Task& task : nanochat::generate_tasks(1, 3)) CHECK(task.items.size() == 1);
}

TEST_CASE("core_tasks.file", "[documents]") {
  const File file(
      "{\"task\": \"one\", \"query\": \"Is it? \", \"choices\": [\"yes\", \"no\", \"so\"], \"gold\": 2}\n"
      "\n"
      "{\"task\": \"two\", \"context_options\": [\"a \\n\", \" b\"], \"continuation\": \"c \", \"gold\": "
      "1}\r\n"
      "{\"task\": \"one\", \"query\": \"n\\u00e4\", \"choices\": [\"x\", \"y\"], \"gold\": 0}\n"
      "{\"context\": \"1 + 1 =\", \"continuation\": \"2\"}");
  const std::vector<Task> tasks = nanochat::load_tasks(file.path(), 2);
  REQUIRE(tasks.size() == 3);
  CHECK(tasks[0].name == "one");
  CHECK(tasks[0].kind == TaskKind::multiple_choice);
  REQUIRE(tasks[0].items.size() == 2);
  CHECK(tasks[0].items[0].contexts == std::vector<std::string>{"Is it?"});
  CHECK(tasks[0].items[0].continuations == std::vector<std::string>{"yes", "no", "so"});
  CHECK(tasks[0].items[0].gold == 2);
  CHECK(tasks[0].items[1].contexts == std::vector<std::string>{"n\xc3\xa4"});
  CHECK(tasks[1].name == "two");
  CHECK(tasks[1].kind == TaskKind::schema);
  REQUIRE(tasks[1].items.size() == 1);
  CHECK(tasks[1].items[0].contexts == std::vector<std::string>{"a", " b"});
  CHECK(tasks[1].items[0].continuations == std::vector<std::string>{"c "});
  CHECK(tasks[1].items[0].gold == 1);
  CHECK(tasks[2].kind == TaskKind::language_modeling);
  CHECK(tasks[2].items[0].contexts == std::vector<std::string>{"1 + 1 ="});
  CHECK(tasks[2].items[0].continuations == std::vector<std::string>{"2"});
  for (const Task& task : tasks) CHECK(task.num_fewshot == 2);
  for (const Task& task : nanochat::load_tasks(file.path())) CHECK(task.num_fewshot == 0);
}

TEST_CASE("core_tasks.bad_file", "[errors]") {
  CHECK_THROWS_AS(nanochat::load_tasks("/nonexistent/tasks.jsonl"), std::runtime_error);
  const std::string good = "{\"context\": \"a\", \"continuation\": \"b\"}\n";
  for (const std::string& line : std::vector<std::string>{
           "{", "[]", "3", "{}", "{\"context\": \"a\"}", "{\"context\": 1, \"continuation\": \"b\"}",
           "{\"query\": \"a\", \"choices\": [\"b\", \"c\"]}", "{\"choices\": [\"b\", \"c\"], \"gold\": 0}",
           "{\"task\": \"x\", \"query\": \"a\", \"choices\": \"b\", \"gold\": 0}",
           "{\"task\": \"x\", \"query\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": 2}",
           "{\"task\": \"x\", \"query\": \"a\", \"choices\": [\"b\"], \"gold\": 0}",
           "{\"task\": \"x\", \"query\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": \"0\"}",
           "{\"task\": 5, \"context\": \"a\", \"continuation\": \"b\"}",
           "{\"context_options\": [\"a\", \"b\"], \"continuation\": \"\", \"gold\": 0, \"task\": \"x\"}",
           "{\"query\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": 1}",  // the form differs from the first
                                                                            // line's
           "{\"context\": \"caf\xe9\", \"continuation\": \"b\"}"}) {
    const File file(good + "\n" + line + "\n");
    CAPTURE(line);
    CHECK_THROWS_AS(nanochat::load_tasks(file.path()), std::runtime_error);
    CHECK(probe::names_number(probe::complaint([&] { nanochat::load_tasks(file.path()); }), file.path(), 3));
  }
  CHECK_THROWS_AS(nanochat::load_tasks(File("\n \n").path()), std::runtime_error);
}

// In-context evaluation: what is rendered, which tokens count, and which answers are right.

#include "nanochat/core_eval.h"

#include <cmath>
#include <set>

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::Option;
using nanochat::Task;
using nanochat::TaskItem;
using nanochat::TaskKind;
using Ids = std::vector<int64_t>;

namespace {

const nanochat::Tokenizer& tokenizer() {  // a byte a token, but for "th"
  static const nanochat::Tokenizer all{std::vector<nanochat::TokenPair>{{'t', 'h'}}};
  return all;
}

Task task_of(TaskKind kind, std::vector<TaskItem> items) {
  Task task;
  task.name = "some";
  task.kind = kind;
  task.items = std::move(items);
  return task;
}

Task choice(const std::string& context, const std::vector<std::string>& choices, int64_t gold = 0) {
  return task_of(TaskKind::multiple_choice, {{{context}, choices, gold}});
}

Task schema(const std::vector<std::string>& contexts, const std::string& continuation, int64_t gold = 0) {
  return task_of(TaskKind::schema, {{contexts, {continuation}, gold}});
}

Task writing(const std::string& context, const std::string& continuation) {
  return task_of(TaskKind::language_modeling, {{{context}, {continuation}, 0}});
}

std::vector<Option> options(const Task& task, int64_t max_tokens = 1000,
                            const std::vector<size_t>& fewshot = {}, size_t index = 0) {
  return nanochat::build_options(tokenizer(), task, index, fewshot, max_tokens);
}

// What counts of an option, as text; and all of it.
std::string counted(const Option& option) {
  REQUIRE(option.start >= 1);
  REQUIRE(option.end == static_cast<int64_t>(option.tokens.size()));
  REQUIRE(option.start < option.end);
  return tokenizer().decode(Ids(option.tokens.begin() + option.start, option.tokens.end()));
}
std::string whole(const Option& option) {
  return tokenizer().decode(option.tokens);
}

// A model of bytes that writes the alphabet: after a letter the next one is the likeliest, by far. Its blocks
// do nothing.
nanochat::GPT alphabet() {
  const int64_t V = tokenizer().vocab_size(), C = 268;
  nanochat::GPT model(nanochat::GPTConfig{
      .sequence_len = 8, .vocab_size = V, .n_layer = 1, .n_head = 1, .n_kv_head = 1, .n_embd = C});
  model->to(torch::kFloat64);
  torch::NoGradGuard no_grad;
  model->wte->weight.zero_();
  model->wte->weight.slice(1, 0, V).fill_diagonal_(1.0);
  for (int64_t id = 'a'; id < 'z'; ++id) model->lm_head->weight[id + 1][id] = 1.0;
  return model;
}

bool right(const Task& task, size_t index = 0) {
  static nanochat::GPT model = alphabet();
  return nanochat::evaluate_item(model, tokenizer(), task, index);
}

// The mean loss over what counts in one option, alone and without padding.
double naive_loss(nanochat::GPT& model, const Option& option) {
  torch::NoGradGuard no_grad;
  const torch::Tensor log_probs =
      at::log_softmax(oracle::logits(model, torch::tensor(option.tokens, torch::kInt64).unsqueeze(0))[0], -1);
  double total = 0.0;
  for (int64_t t = option.start; t < option.end; ++t) {
    total -= log_probs[t - 1][option.tokens[static_cast<size_t>(t)]].item<double>();
  }
  return total / static_cast<double>(option.end - option.start);
}

nanochat::GPT random_model(double dropout = 0.0) {
  return oracle::make_gpt({.sequence_len = 6,
                           .vocab_size = tokenizer().vocab_size(),
                           .n_layer = 2,
                           .n_head = 4,
                           .n_kv_head = 2,
                           .n_embd = 24,
                           .dropout = dropout});
}

// Options of very different lengths, all seven of them, in `kind`.
TaskItem uneven_item(TaskKind kind, int64_t i) {
  std::vector<std::string> texts;
  for (int64_t k = 0; k < 4; ++k) {
    texts.push_back(
        std::string(static_cast<size_t>(1 + (3 * k + i) % 9), static_cast<char>('a' + (5 * i + k) % 26)) +
        std::to_string(i * k));
  }
  if (kind == TaskKind::schema) return {texts, {"then " + std::to_string(i)}, i % 4};
  return {{"say " + std::to_string(i)}, texts, i % 4};
}

}  // namespace

TEST_CASE("core_eval.common", "[scores]") {
  using Rows = std::vector<Ids>;
  const auto both = [](const Rows& rows) {
    return std::pair(nanochat::common_prefix(rows), nanochat::common_suffix(rows));
  };
  using Pair = std::pair<int64_t, int64_t>;
  CHECK(both({{1, 2, 3}, {1, 2, 4}}) == Pair(2, 0));
  CHECK(both({{1, 2, 3}, {4, 2, 3}}) == Pair(0, 2));
  CHECK(both({{1, 2, 3, 9}, {1, 7, 3, 9}, {1, 2, 8, 9}}) == Pair(1, 1));
  CHECK(both({{1, 2}, {1, 2, 2}}) == Pair(2, 1));
  CHECK(both({{1, 2, 2}, {1, 2}}) == Pair(2, 1));
  CHECK(both({{5, 5}, {5, 5}}) == Pair(2, 2));
  CHECK(both({{1, 2, 3}}) == Pair(3, 3));
  CHECK(both({{}, {1}}) == Pair(0, 0));
  CHECK(both({{1}, {}}) == Pair(0, 0));
  CHECK(both({{1, 2, 3}, {3, 2, 1}}) == Pair(0, 0));
  CHECK(both({{1, 9}, {1, 2, 9}, {9}}) == Pair(0, 1));
}

TEST_CASE("core_eval.choice_span", "[scores]") {
  const std::vector<Option> both = options(choice("ab", {"cd", "cef"}));
  REQUIRE(both.size() == 2);
  CHECK(whole(both[0]) == "<|bos|>ab cd");
  CHECK(whole(both[1]) == "<|bos|>ab cef");
  CHECK(both[0].tokens[0] == tokenizer().bos_token_id());
  CHECK(counted(both[0]) == "d");
  CHECK(counted(both[1]) == "ef");
  // Where a merge goes over the border, the common tokens end before the common letters.
  const std::vector<Option> merged = options(choice("x", {"tho", "tab", "to"}));
  CHECK(counted(merged[0]) == "tho");
  CHECK(counted(merged[1]) == "tab");
  CHECK(counted(merged[2]) == "to");
}

TEST_CASE("core_eval.choice_edges", "[scores]") {
  // No option may be left with nothing: one is the beginning of another, or all are the same.
  const std::vector<Option> begins = options(choice("a", {"cat", "cats"}));
  CHECK(counted(begins[0]) == "t");
  CHECK(counted(begins[1]) == "ts");
  for (const Option& option : options(choice("a", {"cat", "cat", "cat"}))) CHECK(counted(option) == "t");
  for (const Option& option : options(choice("", {"x", "y"})))
    CHECK(whole(option).substr(0, 8) == "<|bos|> ");
  Task bare = choice("", {"x", "y"});
  bare.delimiter = "";
  CHECK(counted(options(bare)[1]) == "y");
}

TEST_CASE("core_eval.schema_span", "[scores]") {
  const std::vector<Option> both = options(schema({"Ann is", "He was"}, "here", 1));
  REQUIRE(both.size() == 2);
  CHECK(whole(both[0]) == "<|bos|>Ann is here");
  CHECK(whole(both[1]) == "<|bos|>He was here");
  CHECK(counted(both[0]) == "s here");
  CHECK(counted(both[1]) == "s here");
  const std::vector<Option> uneven = options(schema({"longer", "a", "xyz"}, "go"));
  for (const Option& option : uneven) CHECK(counted(option) == " go");
  CHECK(uneven[0].start != uneven[1].start);
}

TEST_CASE("core_eval.schema_edges", "[scores]") {
  // Nothing predicts the first token, so all but that is the most that counts.
  for (const Option& option : options(schema({"same", "same"}, "end"))) {
    CHECK(option.start == 1);
    CHECK(counted(option) == "same end");
  }
  for (const Option& option : options(schema({"", "x"}, "end"))) CHECK(counted(option) == " end");
}

TEST_CASE("core_eval.writing_span", "[scores]") {
  CHECK(whole(options(writing("ab", "cd"))[0]) == "<|bos|>ab cd");
  CHECK(options(writing("ab", "cd")).size() == 1);
  CHECK(counted(options(writing("ab", "cd"))[0]) == " cd");
  Task bare = writing("ab", "cd");
  bare.delimiter = "";
  CHECK(counted(options(bare)[0]) == "cd");
  bare.delimiter = "\n";
  CHECK(counted(options(bare)[0]) == "cd");
  // A merge over the border belongs to what has to be written.
  Task merged = writing("at", "ho");
  merged.delimiter = "";
  CHECK(counted(options(merged)[0]) == "tho");
  CHECK(counted(options(writing("", "cd"))[0]) == " cd");
}

TEST_CASE("core_eval.fewshot_text", "[scores]") {
  Task task = task_of(TaskKind::multiple_choice,
                      {{{"q1"}, {"a", "b"}, 1}, {{"q2"}, {"c", "d"}, 0}, {{"q3"}, {"e", "f"}, 1}});
  const std::vector<Option> both = options(task, 1000, {2, 0}, 1);
  CHECK(whole(both[0]) == "<|bos|>q3 f\n\nq1 b\n\nq2 c");
  CHECK(whole(both[1]) == "<|bos|>q3 f\n\nq1 b\n\nq2 d");
  CHECK(counted(both[1]) == "d");
  task.separator = "|";
  task.delimiter = "->";
  CHECK(whole(options(task, 1000, {0}, 2)[0]) == "<|bos|>q1->b|q3->e");
  Task pairs = task_of(TaskKind::schema, {{{"x", "y"}, {"1"}, 1}, {{"v", "w"}, {"2"}, 0}});
  CHECK(whole(options(pairs, 1000, {0}, 1)[1]) == "<|bos|>y 1\n\nw 2");
  CHECK(counted(options(pairs, 1000, {0}, 1)[1]) == " 2");
  Task lines = task_of(TaskKind::language_modeling, {{{"x"}, {"1"}, 0}, {{"v"}, {"2"}, 0}});
  CHECK(whole(options(lines, 1000, {1}, 0)[0]) == "<|bos|>v 2\n\nx 1");
  CHECK(counted(options(lines, 1000, {1}, 0)[0]) == " 1");
}

TEST_CASE("core_eval.cut", "[scores]") {
  // What is too long loses its beginning, and what counts moves with it.
  const std::vector<Option> both = options(choice("abcdefgh", {"xy", "xzw"}), 6);
  CHECK(whole(both[0]) == "fgh xy");
  CHECK(whole(both[1]) == "gh xzw");
  CHECK(counted(both[0]) == "y");
  CHECK(counted(both[1]) == "zw");
  CHECK(counted(options(schema({"abcdef", "uvw"}, "xyz"), 7)[0]) == " xyz");
  CHECK(whole(options(schema({"abcdef", "uvw"}, "xyz"), 7)[0]) == "def xyz");
  CHECK(whole(options(schema({"abcdef", "uvw"}, "xyz"), 8)[1]) == "<|bos|>uvw xyz");
  // Even of what counts, if it must be.
  const Option writing_option = options(writing("ab", "cdefgh"), 4)[0];
  CHECK(whole(writing_option) == "efgh");
  CHECK(counted(writing_option) == "fgh");
}

TEST_CASE("core_eval.choose_fewshot", "[scores]") {
  Task task = task_of(TaskKind::language_modeling, std::vector<TaskItem>(12, TaskItem{{"a"}, {"b"}, 0}));
  task.num_fewshot = 5;
  std::set<std::vector<size_t>> all;
  std::set<size_t> used;
  for (size_t index = 0; index < 12; ++index) {
    const std::vector<size_t> shots = nanochat::choose_fewshot(task, index);
    CHECK(shots.size() == 5);
    CHECK(std::set<size_t>(shots.begin(), shots.end()).size() == 5);
    for (const size_t shot : shots) {
      CHECK(shot != index);
      CHECK(shot < 12);
      used.insert(shot);
    }
    CHECK(nanochat::choose_fewshot(task, index) == shots);
    all.insert(shots);
  }
  CHECK(all.size() > 8);
  CHECK(used.size() > 8);
  task.num_fewshot = 11;
  CHECK(nanochat::choose_fewshot(task, 3).size() == 11);
  task.num_fewshot = 50;
  CHECK(nanochat::choose_fewshot(task, 3).size() == 11);
  task.num_fewshot = 0;
  CHECK(nanochat::choose_fewshot(task, 3).empty());
}

TEST_CASE("core_eval.choice_answers", "[scores]") {
  for (const int64_t gold : {0, 1, 2}) {
    CHECK(right(choice("x", {"qa", "abc", "zz"}, gold)) == (gold == 1));
    CHECK(right(choice("x", {"acb", "ca", "mno"}, gold)) == (gold == 2));
  }
  // The mean decides, not the sum: nine right letters and a wrong one against one wrong one.
  CHECK(right(choice("x", {"k", "abcdefghij"}, 1)));
  CHECK_FALSE(right(choice("x", {"k", "abcdefghij"}, 0)));
  // Of equal options the first.
  CHECK(right(choice("x", {"same", "same"}, 0)));
  CHECK_FALSE(right(choice("x", {"same", "same"}, 1)));
}

TEST_CASE("core_eval.schema_answers", "[scores]") {
  Task task = schema({"xa", "xf", "xyb"}, "cdg");
  task.delimiter = "";
  for (const int64_t gold : {0, 1, 2}) {
    task.items[0].gold = gold;
    CHECK(right(task) == (gold == 2));
  }
}

TEST_CASE("core_eval.writing_answers", "[scores]") {
  const auto writes = [](const std::string& context, const std::string& continuation) {
    Task task = writing(context, continuation);
    task.delimiter = "";
    return right(task);
  };
  CHECK(writes("a", "b"));
  CHECK(writes("a", "bcdefg"));
  CHECK(writes("zzza", "bc"));
  CHECK_FALSE(writes("a", "bce"));
  CHECK_FALSE(writes("a", "cd"));
  CHECK_FALSE(writes("a", "bdef"));
  CHECK_FALSE(writes("a", "a"));
  CHECK_FALSE(right(writing("a", "b")));  // not a space
}

TEST_CASE("core_eval.choice_random", "[scores]") {
  nanochat::GPT model = random_model();
  for (const TaskKind kind : {TaskKind::multiple_choice, TaskKind::schema}) {
    std::vector<TaskItem> items;
    for (int64_t i = 0; i < 6; ++i) items.push_back(uneven_item(kind, i));
    Task task = task_of(kind, items);
    task.num_fewshot = 1;
    std::set<size_t> winners;
    for (size_t index = 0; index < items.size(); ++index) {
      const std::vector<Option> all =
          nanochat::build_options(tokenizer(), task, index, nanochat::choose_fewshot(task, index), 60);
      std::vector<double> losses;
      for (const Option& option : all) losses.push_back(naive_loss(model, option));
      const size_t best =
          static_cast<size_t>(std::min_element(losses.begin(), losses.end()) - losses.begin());
      winners.insert(best);
      // What is shown solved before depends on the right option of others only.
      for (size_t gold = 0; gold < 4; ++gold) {
        Task asked = task;
        asked.items[index].gold = static_cast<int64_t>(gold);
        CAPTURE(index, gold);
        CHECK(nanochat::evaluate_item(model, tokenizer(), asked, index) == (gold == best));
      }
    }
    CHECK(winners.size() > 1);
  }
}

TEST_CASE("core_eval.too_long", "[scores]") {
  // Longer than the model's positions: answered from what fits.
  CHECK(right(choice(std::string(500, 'x'), {"qa", "abc"}, 1)));
  CHECK_FALSE(right(choice(std::string(500, 'x'), {"qa", "abc"}, 0)));
}

TEST_CASE("core_eval.accuracy", "[scores]") {
  nanochat::GPT model = alphabet();
  const TaskItem good{{"x"}, {"qa", "abc"}, 1}, bad{{"x"}, {"qa", "abc"}, 0};
  CHECK(nanochat::evaluate_task(model, tokenizer(), task_of(TaskKind::multiple_choice, {good, bad, good})) ==
        Approx(2.0 / 3.0).epsilon(1e-14));
  CHECK(nanochat::evaluate_task(model, tokenizer(), task_of(TaskKind::multiple_choice, {good})) == 1.0);
  CHECK(nanochat::evaluate_task(model, tokenizer(), task_of(TaskKind::multiple_choice, {bad, bad})) == 0.0);
}

TEST_CASE("core_eval.centered", "[scores]") {
  CHECK(nanochat::center_accuracy(0.25, 0.25) == Approx(0.0).margin(1e-15));
  CHECK(nanochat::center_accuracy(1.0, 0.25) == Approx(1.0).epsilon(1e-14));
  CHECK(nanochat::center_accuracy(0.625, 0.25) == Approx(0.5).epsilon(1e-14));
  CHECK(nanochat::center_accuracy(0.0, 0.5) == Approx(-1.0).epsilon(1e-14));
  CHECK(nanochat::center_accuracy(0.3, 0.0) == Approx(0.3).epsilon(1e-14));
  const TaskItem two{{"x"}, {"a", "b"}, 0}, four{{"x"}, {"a", "b", "c", "d"}, 0};
  CHECK(nanochat::guess_accuracy(task_of(TaskKind::multiple_choice, {two, four, four})) ==
        Approx(1.0 / 3.0).epsilon(1e-14));
  CHECK(nanochat::guess_accuracy(task_of(TaskKind::schema, {{{"a", "b", "c"}, {"x"}, 0}})) ==
        Approx(1.0 / 3.0).epsilon(1e-14));
  CHECK(nanochat::guess_accuracy(writing("a", "b")) == 0.0);
}

TEST_CASE("core_eval.core", "[scores]") {
  nanochat::GPT model = alphabet();
  const TaskItem good{{"x"}, {"qa", "abc"}, 1}, bad{{"x"}, {"qa", "abc"}, 0};
  Task choices = task_of(TaskKind::multiple_choice, {good, good, good, bad});
  choices.name = "choices";
  Task lines = task_of(
      TaskKind::language_modeling,
      {{{"a"}, {"bc"}, 0}, {{"a"}, {"cd"}, 0}, {{"a"}, {"dd"}, 0}, {{"k"}, {"k"}, 0}, {{"k"}, {"m"}, 0}});
  lines.name = "lines";
  lines.delimiter = "";
  const nanochat::CoreResult result = nanochat::evaluate_core(model, tokenizer(), {choices, lines});
  REQUIRE(result.tasks.size() == 2);
  CHECK(result.tasks[0].name == "choices");
  CHECK(result.tasks[0].items == 4);
  CHECK(result.tasks[0].accuracy == Approx(0.75));
  CHECK(result.tasks[0].guess == Approx(0.5));
  CHECK(result.tasks[0].centered == Approx(0.5));
  CHECK(result.tasks[1].name == "lines");
  CHECK(result.tasks[1].items == 5);
  CHECK(result.tasks[1].accuracy == Approx(0.2));
  CHECK(result.tasks[1].guess == 0.0);
  CHECK(result.tasks[1].centered == Approx(0.2));
  CHECK(result.core == Approx(0.35).epsilon(1e-13));
}

TEST_CASE("core_eval.mode", "[scores]") {
  nanochat::GPT model = random_model(0.5);
  std::vector<TaskItem> items;
  for (int64_t i = 0; i < 8; ++i) items.push_back(uneven_item(TaskKind::multiple_choice, i));
  const Task task = task_of(TaskKind::multiple_choice, items);
  model->eval();
  std::vector<bool> expected;
  for (size_t i = 0; i < 8; ++i) expected.push_back(nanochat::evaluate_item(model, tokenizer(), task, i));
  CHECK_FALSE(model->is_training());
  model->train();
  std::vector<bool> again;
  for (size_t i = 0; i < 8; ++i) again.push_back(nanochat::evaluate_item(model, tokenizer(), task, i));
  CHECK(again == expected);
  CHECK(model->is_training());
  CHECK_FALSE(oracle::records_gradients([&] { nanochat::evaluate_core(model, tokenizer(), {task}); }));
  CHECK(torch::GradMode::is_enabled());
}

TEST_CASE("core_eval.refuses", "[errors]") {
  nanochat::GPT model = alphabet();
  const Task good = choice("x", {"a", "b"});
  CHECK_NOTHROW(nanochat::check_task(good));
  CHECK_NOTHROW(nanochat::check_task(choice("x", {"a", "b"}, 1)));
  CHECK_NOTHROW(nanochat::check_task(schema({"a", "b"}, "x")));
  CHECK_NOTHROW(nanochat::check_task(writing("", "b")));
  Task negative = good;
  negative.num_fewshot = -1;
  for (const Task& task :
       {choice("x", {"a", "b"}, 2), choice("x", {"a", "b"}, -1), choice("x", {"a"}), choice("x", {}),
        choice("x", {"a", " "}), schema({"a"}, "x"), schema({}, "x"), schema({"a", "b"}, ""),
        schema({"a", "b"}, "x", 2), writing("a", ""), writing("a", "\n"),
        task_of(TaskKind::language_modeling, {{{"a"}, {"b"}, 1}}),
        task_of(TaskKind::language_modeling, {{{"a", "c"}, {"b"}, 0}}),
        task_of(TaskKind::language_modeling, {{{"a"}, {"b", "c"}, 0}}),
        task_of(TaskKind::multiple_choice, {{{"a", "b"}, {"c", "d"}, 0}}),
        task_of(TaskKind::schema, {{{"a", "b"}, {"c", "d"}, 0}}), task_of(TaskKind::schema, {}), negative}) {
    CHECK_THROWS_AS(nanochat::check_task(task), std::runtime_error);
    CHECK_THROWS_WITH(nanochat::check_task(task), Catch::Contains("some"));
    CHECK_THROWS_AS(nanochat::evaluate_core(model, tokenizer(), {good, task}), std::runtime_error);
  }
  Task second = good;
  second.items.push_back({{"x"}, {"a"}, 0});
  CHECK_THROWS_WITH(nanochat::check_task(second), Catch::Contains("2"));
  CHECK_THROWS_AS(nanochat::evaluate_core(model, tokenizer(), {}), std::runtime_error);
}

// Questions with a number for an answer: which conversations are some, what an answer is worth, and how many
// a model that follows a script gets right.

#include "nanochat/arithmetic.h"

#include <map>

#include "nanochat/dataset.h"
#include "probe.h"

using namespace probe;
using nanochat::arithmetic_problems;
using nanochat::arithmetic_reward;
using nanochat::Conversation;
using nanochat::Message;
using nanochat::Part;
using nanochat::PartType;
using nanochat::Problem;
using nanochat::Role;
using Ids = std::vector<int64_t>;

namespace {

const nanochat::Tokenizer& bytes() {
  static const nanochat::Tokenizer tokenizer{std::vector<nanochat::TokenPair>{}};
  return tokenizer;
}

// "[1+2]{3}so": the letters as bytes; [ ] and { } stand for the calculator's special tokens.
Ids tokens(const std::string& text) {
  static const std::map<char, std::string> names = {
      {'[', "<|python_start|>"}, {']', "<|python_end|>"}, {'{', "<|output_start|>"}, {'}', "<|output_end|>"}};
  Ids ids;
  for (const char c : text) ids.push_back(names.count(c) ? bytes().encode_special(names.at(c)) : c);
  return ids;
}

Conversation asked(const std::string& question, std::vector<Part> answer) {
  return {{Message(Role::user, question), Message(Role::assistant, std::move(answer))}};
}

}  // namespace

TEST_CASE("arithmetic.problems", "[documents]") {
  const Part call{PartType::python, "1+2"}, words{PartType::text, "It is 3."};
  const auto result = [](const std::string& text) { return Part{PartType::python_output, text}; };
  const std::vector<Problem> problems = arithmetic_problems({
      asked("a", {call, result("3"), words}),
      asked("b", {words}),
      asked("c", {call, result("-3"), words}),
      asked("d", {call, result("12"), call, result("407")}),
      asked("e", {call, result("1.5")}),
      asked("f", {call, result("")}),
  });
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].answer == "3");
  CHECK(problems[1].answer == "407");
  CHECK(problems[0].conversation.messages[0].parts[0].text == "a");
  CHECK(problems[1].conversation.messages[0].parts[0].text == "d");
  CHECK(arithmetic_problems({}).empty());
}

TEST_CASE("arithmetic.made_up", "[documents]") {
  // Of the conversations that are made up, seven in ten or so; each says its answer at the end.
  const std::vector<Problem> problems = arithmetic_problems(nanochat::generate_conversations(400, 3));
  CHECK(problems.size() > 200);
  CHECK(problems.size() < 360);
  for (const Problem& problem : problems) {
    const std::string& said = problem.conversation.messages.back().parts.back().text;
    CAPTURE(said, problem.answer);
    CHECK(arithmetic_reward(bytes(), tokens(said), problem.answer) == 1.0);
  }
}

TEST_CASE("arithmetic.reward", "[scores]") {
  const auto worth = [](const std::string& said, const std::string& answer) {
    return arithmetic_reward(bytes(), tokens(said), answer);
  };
  CHECK(worth("17 + 25 = 42.", "42") == 1.0);
  CHECK(worth("42", "42") == 1.0);
  CHECK(worth("42 figs", "42") == 1.0);
  CHECK(worth("17 + 25 = 43.", "42") == 0.1);
  // The last number decides, whole, wherever else the right one stands.
  CHECK(worth("42 or 43", "42") == 0.1);
  CHECK(worth("It is 142.", "42") == 0.1);
  CHECK(worth("It is 420.", "42") == 0.1);
  CHECK(worth("It is 4.", "42") == 0.1);
  CHECK(worth("42 and then 4", "42") == 0.1);
  CHECK(worth("He has some.", "42") == 0.0);
  CHECK(worth("", "42") == 0.0);
  // What the calculator said is not said.
  CHECK(worth("[17+25]{42}17 + 25 = 42.", "42") == 1.0);
  CHECK(worth("[17+25]{42}", "42") == 0.0);
  CHECK(worth("[17+25]{42}Leo has many.", "42") == 0.0);
  CHECK(worth("[17+25]{42}Leo has 7.", "42") == 0.1);
  CHECK(worth("12[1]{1}It is 42.[7]{7}", "42") == 0.0);
  CHECK(worth("[1]{1}9[42]{42}7", "42") == 0.1);
  CHECK(worth("[17+25", "25") == 1.0);  // a call that never ended: there is no result to leave out
}

TEST_CASE("arithmetic.accuracy", "[scores]") {
  // A model that answers with a digit and an end, whatever it is asked.
  const int64_t V = bytes().vocab_size(), C = 266;
  nanochat::GPT model(nanochat::GPTConfig{
      .sequence_len = 32, .vocab_size = V, .n_layer = 1, .n_head = 1, .n_kv_head = 1, .n_embd = C});
  {
    torch::NoGradGuard no_grad;
    model->wte->weight.zero_();
    model->wte->weight.slice(1, 0, V).fill_diagonal_(1.0);
    model->lm_head->weight.fill_(-1.0);
    const auto follows = [&](int64_t token, int64_t next) { model->lm_head->weight[next][token] = 1.0; };
    follows(bytes().encode_special("<|assistant_start|>"), '7');
    follows('7', bytes().encode_special("<|assistant_end|>"));
    follows(bytes().encode_special("<|assistant_end|>"), '8');
  }
  const auto problem = [](const std::string& question, const std::string& answer) {
    return Problem{asked(question, {{PartType::python, answer}, {PartType::python_output, answer}}), answer};
  };
  nanochat::Engine engine(model, bytes());
  const auto accuracy = [&](const std::vector<Problem>& problems) {
    return nanochat::arithmetic_accuracy(engine, bytes(), problems, 6);
  };
  CHECK(accuracy({problem("3 + 4?", "7")}) == 1.0);
  CHECK(accuracy({problem("3 + 5?", "8")}) == 0.0);
  CHECK(accuracy({problem("3 + 4?", "7"), problem("What is 10 and 7 more?", "17"), problem("1 + 6", "7"),
                  problem("How much is 70 and 7?", "77")}) == 0.5);
}

// Conversations in tokens: which tokens, and which of them an assistant learns.

#include "nanochat/conversation.h"

#include <fstream>
#include <limits>

#include "nanochat/dataset.h"
#include "probe.h"
#include "temporary.h"

using nanochat::check_conversation;
using nanochat::Conversation;
using nanochat::Message;
using nanochat::PartType;
using nanochat::render_conversation;
using nanochat::render_for_completion;
using nanochat::RenderedConversation;
using nanochat::Role;
using nanochat::Tokenizer;
using Ids = std::vector<int64_t>;

namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

Tokenizer tokenizer() {
  return Tokenizer(std::vector<nanochat::TokenPair>{{'h', 'i'}, {'1', '7'}, {'a', 256}});
}

// Three merges, so the special tokens begin at 259.
enum Special : int64_t {
  bos = 259,
  user_start,
  user_end,
  assistant_start,
  assistant_end,
  python_start,
  python_end,
  output_start,
  output_end,
};

Message user(const std::string& text) {
  return Message(Role::user, text);
}
Message told(const std::string& text) {
  return Message(Role::system, text);
}
Message assistant(const std::string& text) {
  return Message(Role::assistant, text);
}

void check(const Conversation& conversation, const Ids& ids, const Ids& mask) {
  const RenderedConversation rendered = render_conversation(tokenizer(), conversation, kNoLimit);
  CHECK(rendered.ids == ids);
  CHECK(rendered.mask == mask);
}

const Conversation kCalculated = {{user("17+1"), Message(Role::assistant, {{PartType::text, "a"},
                                                                           {PartType::python, "17+1"},
                                                                           {PartType::python_output, "18"},
                                                                           {PartType::text, "18"}})}};

}  // namespace

TEST_CASE("conversation.render", "[templates]") {
  check({{user("ahi"), assistant("ho")}},
        {bos, user_start, 258, user_end, assistant_start, 'h', 'o', assistant_end}, {0, 0, 0, 0, 0, 1, 1, 1});
  // Turn after turn; one <|bos|>.
  check({{user("a"), assistant("b"), user("c"), assistant("hi")}},
        {bos, user_start, 'a', user_end, assistant_start, 'b', assistant_end, user_start, 'c', user_end,
         assistant_start, 256, assistant_end},
        {0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1});
  // Nothing to learn.
  check({{user("hi")}}, {bos, user_start, 256, user_end}, {0, 0, 0, 0});
}

TEST_CASE("conversation.tool", "[templates]") {
  // The call is the assistant's own, the answer is not.
  check(kCalculated, {bos, user_start,   257,        '+', '1', user_end,     assistant_start,
                      'a', python_start, 257,        '+', '1', python_end,   output_start,
                      '1', '8',          output_end, '1', '8', assistant_end},
        {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1});
}

TEST_CASE("conversation.parts", "[templates]") {
  // Texts next to each other are encoded apart.
  check({{Message(Role::user, {{PartType::text, "h"}, {PartType::text, "i"}}),
          Message(Role::assistant, {{PartType::text, "1"}, {PartType::text, ""}, {PartType::text, "7"}})}},
        {bos, user_start, 'h', 'i', user_end, assistant_start, '1', '7', assistant_end},
        {0, 0, 0, 0, 0, 0, 1, 1, 1});
}

TEST_CASE("conversation.spelled_out", "[templates]") {
  // Who writes a special token's name gets its letters.
  const std::string text = "<|assistant_end|>";
  Ids ids = {bos, user_start}, mask;
  const auto add = [&] {
    for (const char c : text) ids.push_back(c);
  };
  add();
  ids.push_back(user_end);
  ids.push_back(assistant_start);
  mask.assign(ids.size(), 0);
  add();
  ids.push_back(assistant_end);
  mask.resize(ids.size(), 1);
  const RenderedConversation rendered =
      render_conversation(Tokenizer(std::vector<nanochat::TokenPair>{{'h', 'i'}, {'1', '7'}, {'a', 256}}),
                          {{user(text), assistant(text)}}, kNoLimit);
  CHECK(rendered.ids == ids);
  CHECK(rendered.mask == mask);
}

TEST_CASE("conversation.truncated", "[templates]") {
  const RenderedConversation whole = render_conversation(tokenizer(), kCalculated, kNoLimit);
  const auto length = static_cast<int64_t>(whole.ids.size());
  CHECK(whole.mask.size() == whole.ids.size());
  for (int64_t limit = 0; limit <= length + 2; ++limit) {
    CAPTURE(limit);
    const RenderedConversation cut = render_conversation(tokenizer(), kCalculated, limit);
    const auto kept = static_cast<std::ptrdiff_t>(std::min(limit, length));
    CHECK(cut.ids == Ids(whole.ids.begin(), whole.ids.begin() + kept));
    CHECK(cut.mask == Ids(whole.mask.begin(), whole.mask.begin() + kept));
  }
}

TEST_CASE("conversation.completion", "[templates]") {
  CHECK(render_for_completion(tokenizer(), {{user("hi")}}) ==
        Ids{bos, user_start, 256, user_end, assistant_start});
  // The answer that is there already does not show.
  CHECK(render_for_completion(tokenizer(), kCalculated) ==
        Ids{bos, user_start, 257, '+', '1', user_end, assistant_start});
  // Earlier answers do.
  const Ids expected = {bos,           user_start, 'a', user_end, assistant_start, 'b',
                        assistant_end, user_start, 'c', user_end, assistant_start};
  CHECK(render_for_completion(tokenizer(), {{user("a"), assistant("b"), user("c")}}) == expected);
  CHECK(render_for_completion(tokenizer(), {{user("a"), assistant("b"), user("c"), assistant("d")}}) ==
        expected);
}

TEST_CASE("conversation.completion_prefix", "[templates]") {
  // What the assistant is asked to continue is what it was trained on, token for token.
  const Tokenizer t = tokenizer();
  for (const Conversation& conversation : nanochat::generate_conversations(50, 3)) {
    const Ids prompt = render_for_completion(t, conversation);
    const RenderedConversation whole = render_conversation(t, conversation, kNoLimit);
    REQUIRE(prompt.size() < whole.ids.size());
    CHECK(std::equal(prompt.begin(), prompt.end(), whole.ids.begin()));
    CHECK(whole.mask[prompt.size()] == 1);
    for (size_t i = 0; i < prompt.size(); ++i) CHECK(whole.mask[i] == 0);
  }
}

TEST_CASE("conversation.system", "[templates]") {
  // The system's words are the beginning of the user's first message, and nobody learns them.
  check({{told("hi"), user("a"), assistant("b"), user("c"), assistant("d")}},
        {bos, user_start, 256, '\n', '\n', 'a', user_end, assistant_start, 'b', assistant_end, user_start,
         'c', user_end, assistant_start, 'd', assistant_end},
        {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1});
  CHECK(render_for_completion(tokenizer(), {{told("hi"), user("a")}}) ==
        Ids{bos, user_start, 256, '\n', '\n', 'a', user_end, assistant_start});
  // Of several parts each.
  const Message parts(Role::system, {{PartType::text, "x"}, {PartType::text, "y"}});
  const Message question(Role::user, {{PartType::text, "a"}, {PartType::text, "c"}});
  CHECK(render_for_completion(tokenizer(), {{parts, question}}) ==
        Ids{bos, user_start, 'x', 'y', '\n', '\n', 'a', 'c', user_end, assistant_start});
}

TEST_CASE("conversation.system_file", "[documents]") {
  const probe::TemporaryDirectory directory;
  const std::string path = directory / "talks.jsonl";
  std::ofstream(path) << R"({"messages": [{"role": "system", "content": "Be kind."}, )"
                      << R"({"role": "user", "content": "hi"}, {"role": "assistant", "content": "a"}]})"
                      << '\n';
  const std::vector<Conversation> read = nanochat::load_conversations(path);
  REQUIRE(read.size() == 1);
  REQUIRE(read[0].messages.size() == 3);
  CHECK(read[0].messages[0].role == Role::system);
  CHECK(read[0].messages[0].parts[0].text == "Be kind.");
  CHECK(read[0].messages[1].role == Role::user);
  CHECK(read[0].messages[2].role == Role::assistant);
}

TEST_CASE("conversation.unchanged", "[templates]") {
  const Conversation conversation = kCalculated;
  render_for_completion(tokenizer(), conversation);
  CHECK(conversation.messages.size() == 2);
}

TEST_CASE("conversation.bad_input", "[errors]") {
  const std::vector<Conversation> bad = {
      {},
      {{assistant("a")}},
      {{user("a"), user("b")}},
      {{user("a"), assistant("b"), assistant("c")}},
      {{assistant("a"), user("b")}},
      {{user("")}},
      {{user("a"), assistant("")}},
      {{user("a"), Message(Role::assistant, std::vector<nanochat::Part>{})}},
      {{user("a"), Message(Role::assistant, {{PartType::text, ""}, {PartType::python, ""}})}},
      {{Message(Role::user, {{PartType::python, "1+1"}}), assistant("2")}},
      {{Message(Role::user, {{PartType::text, "a"}, {PartType::python_output, "2"}}), assistant("2")}},
      {{user("a"), assistant("b"), user(""), assistant("c")}},
      {{told("a")}},
      {{told("a"), assistant("b")}},
      {{told(""), user("a")}},
      {{told("a"), told("b"), user("c")}},
      {{user("a"), assistant("b"), told("c"), user("d")}},
      {{user("a"), told("b")}},
      {{Message(Role::system, {{PartType::python, "1+1"}}), user("2")}},
  };
  for (size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(i);
    CHECK_THROWS_AS(check_conversation(bad[i]), std::runtime_error);
    CHECK_THROWS_AS(render_conversation(tokenizer(), bad[i], 100), std::runtime_error);
    CHECK_THROWS_AS(render_for_completion(tokenizer(), bad[i]), std::runtime_error);
  }
  CHECK_NOTHROW(check_conversation(kCalculated));
  CHECK_NOTHROW(check_conversation({{user("a")}}));
  CHECK_NOTHROW(check_conversation({{user("a"), assistant("b"), user("c")}}));
  CHECK_NOTHROW(check_conversation(
      {{user("a"), Message(Role::assistant, {{PartType::text, ""}, {PartType::python, "1"}})}}));
  // The sentence says which message it is.
  const auto says = [](const Conversation& conversation) {
    return probe::complaint([&] { check_conversation(conversation); });
  };
  CHECK(probe::names_number(says({{user("a"), assistant("b"), assistant("c")}}), "", 3));
  CHECK(probe::names_number(says({{user("a"), assistant("")}}), "", 2));
  CHECK(probe::names_number(says({{user("a"), assistant("b"), told("c"), user("d")}}), "", 3));
}

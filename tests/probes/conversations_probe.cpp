// Made-up conversations, and conversations from files.

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "nanochat/dataset.h"
#include "nanochat/jsonl.h"
#include "probe.h"
#include "temporary.h"

using nanochat::Conversation;
using nanochat::conversation_of_json;
using nanochat::generate_conversations;
using nanochat::load_conversations;
using nanochat::Message;
using nanochat::Part;
using nanochat::PartType;
using nanochat::Role;
using probe::complaint;

namespace {

// A conversation as one string.
std::string spelled(const Conversation& conversation) {
  std::string text;
  for (const Message& message : conversation.messages) {
    text += message.role == Role::user ? "U" : "A";
    for (const Part& part : message.parts)
      text += "tpo"[static_cast<int>(part.type)] + ("(" + part.text + ")");
  }
  return text;
}

std::string spelled(const std::vector<Conversation>& conversations) {
  std::string text;
  for (const Conversation& conversation : conversations) text += spelled(conversation) + "\n";
  return text;
}

// What the question says, whichever way it is put.
const std::string& question_of(const Conversation& conversation) {
  return conversation.messages[0].parts[0].text;
}

const std::regex kSum(R"((\d+) ([+-]) (\d+))");

}  // namespace

TEST_CASE("conversations.generated", "[documents]") {
  for (const int64_t count : {0, 1, 7, 300}) {
    const std::vector<Conversation> all = generate_conversations(count, 42);
    CHECK(static_cast<int64_t>(all.size()) == count);
    for (const Conversation& conversation : all) {
      CAPTURE(spelled(conversation));
      CHECK_NOTHROW(nanochat::check_conversation(conversation));
      REQUIRE(conversation.messages.size() >= 2);
      CHECK(conversation.messages.back().role == Role::assistant);
      for (const Message& message : conversation.messages) {
        for (const Part& part : message.parts) {
          REQUIRE_FALSE(part.text.empty());
          CHECK(std::all_of(part.text.begin(), part.text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
          CHECK(part.text.find_first_of("{}|<>") == std::string::npos);
          CHECK(part.text.find("  ") == std::string::npos);
          CHECK(part.text.front() != ' ');
          CHECK(part.text.back() != ' ');
        }
      }
    }
  }
}

TEST_CASE("conversations.seed", "[documents]") {
  CHECK(spelled(generate_conversations(100, 1)) == spelled(generate_conversations(100, 1)));
  const std::vector<Conversation> one = generate_conversations(200, 1), two = generate_conversations(200, 2);
  int64_t same = 0;
  std::set<std::string> distinct;
  for (size_t i = 0; i < one.size(); ++i) {
    same += spelled(one[i]) == spelled(two[i]);
    distinct.insert(spelled(one[i]));
  }
  CHECK(same < 10);
  CHECK(distinct.size() > 180);
}

TEST_CASE("conversations.kinds", "[documents]") {
  // All kinds, from the beginning on, so that a held-out part has them too.
  const std::vector<Conversation> all = generate_conversations(1000, 5);
  for (const size_t begin : {0, 500}) {
    std::map<std::string, int64_t> kinds;
    for (size_t i = begin; i < begin + 500; ++i) {
      const std::string& question = question_of(all[i]);
      const bool tool = all[i].messages[1].parts.size() > 1;
      kinds[tool && std::regex_search(question, kSum)         ? "sum"
            : tool                                            ? "problem"
            : question.rfind("Tell me a story about", 0) == 0 ? "story"
            : question.rfind("Continue: ", 0) == 0            ? "continue"
                                                              : "question"] += 1;
    }
    for (const char* kind : {"sum", "problem", "story", "continue", "question"}) {
      CAPTURE(kind);
      CHECK(kinds[kind] >= 10);
    }
    CHECK(kinds["sum"] >= 150);
  }
}

TEST_CASE("conversations.sums", "[documents]") {
  // The question's sum goes to the tool without blanks, its result is right and is what is said in the end.
  int64_t plus = 0, minus = 0;
  std::map<size_t, int64_t> digits;
  for (const Conversation& conversation : generate_conversations(1500, 8)) {
    const std::string& question = question_of(conversation);
    const std::vector<Part>& parts = conversation.messages[1].parts;
    std::smatch m;
    if (parts.size() == 1 || !std::regex_search(question, m, kSum)) continue;
    CAPTURE(spelled(conversation));
    REQUIRE(parts.size() == 3);
    CHECK(parts[0].type == PartType::python);
    CHECK(parts[1].type == PartType::python_output);
    CHECK(parts[2].type == PartType::text);
    const int64_t a = std::stoll(m[1]), b = std::stoll(m[3]);
    const int64_t answer = m[2] == "+" ? a + b : a - b;
    CHECK((a >= 0 && a < 1000 && b >= 0 && b < 1000 && answer >= 0));
    CHECK(parts[0].text == m[1].str() + m[2].str() + m[3].str());
    CHECK(parts[1].text == std::to_string(answer));
    CHECK(parts[2].text == m[0].str() + " = " + std::to_string(answer) + ".");
    (m[2] == "+" ? plus : minus) += 1;
    digits[m[1].length()] += 1;
    digits[m[3].length()] += 1;
  }
  CHECK(plus > 200);
  CHECK(minus > 200);
  const int64_t numbers = 2 * (plus + minus);
  CHECK(digits.size() == 3);
  for (const size_t length : {1, 2, 3}) {
    CAPTURE(length, digits[length], numbers);
    CHECK(std::abs(digits[length] - numbers / 3) < numbers / 15);
  }
}

TEST_CASE("conversations.problems", "[documents]") {
  const std::regex problem(
      R"((\w+) has (\d+) (\w+)\. \w+ (finds|gives) (\d+) .*\. How many (\w+) does (\w+) have now\?)");
  int64_t seen = 0, given = 0;
  for (const Conversation& conversation : generate_conversations(1500, 9)) {
    std::smatch m;
    if (!std::regex_match(question_of(conversation), m, problem)) continue;
    CAPTURE(spelled(conversation));
    const std::vector<Part>& parts = conversation.messages[1].parts;
    REQUIRE(parts.size() == 3);
    const bool more = m[4] == "finds";
    const int64_t before = std::stoll(m[2]), change = std::stoll(m[5]);
    const int64_t after = more ? before + change : before - change;
    CHECK((before >= 0 && before < 1000 && change >= 0 && change < 1000 && after >= 0));
    CHECK(m[1] == m[7]);
    CHECK(m[3] == m[6]);
    CHECK(parts[0].text == m[2].str() + (more ? "+" : "-") + m[5].str());
    CHECK(parts[1].text == std::to_string(after));
    CHECK(parts[2].text == m[1].str() + " has " + std::to_string(after) + " " + m[3].str() + ".");
    seen += 1;
    given += !more;
  }
  CHECK(seen > 60);
  CHECK((given > 20 && seen - given > 20));
}

TEST_CASE("conversations.stories", "[documents]") {
  // The story that is asked for is about the thing; a question's answer is in what was told.
  int64_t about = 0, found = 0, answers = 0;
  for (const Conversation& conversation : generate_conversations(2000, 10)) {
    const std::string& question = question_of(conversation);
    const std::vector<Part>& parts = conversation.messages[1].parts;
    if (parts.size() > 1) continue;
    CAPTURE(spelled(conversation));
    CHECK(parts[0].type == PartType::text);
    CHECK(parts[0].text.back() != ' ');
    const std::string request = "Tell me a story about a ";
    if (question.rfind(request, 0) == 0) {
      const std::string thing = question.substr(request.size(), question.size() - request.size() - 1);
      CHECK(question.back() == '.');
      about += 1;
      found += parts[0].text.find(thing) != std::string::npos;
      CHECK(std::count(parts[0].text.begin(), parts[0].text.end(), ' ') > 10);
    } else if (question.rfind("Continue: ", 0) != 0) {
      CHECK(question.back() == '?');
      // Every name and noun of the answer was in the text: only a few small words are new.
      std::string rest = parts[0].text;
      const std::regex word(R"(\w+)");
      for (std::sregex_iterator m(rest.begin(), rest.end(), word), end; m != end; ++m) {
        static const std::set<std::string> small = {"They", "She", "He",  "it",  "found",  "at", "the",
                                                    "a",    "had", "did", "and", "walked", "to", "wanted"};
        if (small.count(m->str())) continue;
        CAPTURE(m->str());
        CHECK(question.find(m->str()) != std::string::npos);
        answers += 1;
      }
    }
  }
  CHECK(about > 50);
  CHECK(found > about * 6 / 10);
  CHECK(answers > 200);
}

TEST_CASE("conversations.file", "[documents]") {
  const probe::TemporaryDirectory directory;
  const std::string path = directory / "chat.jsonl";
  probe::put_content(
      path,
      "{\"messages\":[{\"role\":\"user\",\"content\":\"na\\u00efve \\\"q\\\"\"},"
      "{\"role\":\"assistant\",\"content\":\"b\\n\"}]}\r\n"
      "\n  \n"
      "{\"id\":5,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]},"
      "{\"role\":\"assistant\",\"content\":[{\"type\":\"python\",\"text\":\"1+2\"},"
      "{\"type\":\"python_output\",\"text\":\"3\"},{\"type\":\"text\",\"text\":\"three\"}]},"
      "{\"role\":\"user\",\"content\":\"y\"},{\"role\":\"assistant\",\"content\":\"z\"}]}");
  CHECK(spelled(load_conversations(path)) ==
        "Ut(na\xc3\xafve \"q\")At(b\n)\nUt(x)Ap(1+2)o(3)t(three)Ut(y)At(z)\n");
}

TEST_CASE("conversations.bad_file", "[errors]") {
  const probe::TemporaryDirectory directory;
  const std::string path = directory / "chat.jsonl";
  const std::string good =
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]})";
  const std::vector<std::string> bad = {
      "[",
      "{",
      "5",
      "[]",
      "{}",
      R"({"messages":5})",
      R"({"messages":[]})",
      R"({"text":"a"})",
      R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"}])",
      R"({"messages":["a","b"]})",
      R"({"messages":[{"role":"user","content":"a"}]})",
      R"({"messages":[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]})",
      R"({"messages":[{"role":"system","content":"a"},{"role":"assistant","content":"b"}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":""}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":5}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant"}]})",
      R"({"messages":[{"role":"user","content":"a"},{"content":"b"}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":3,"content":"b"}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[]}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":["b"]}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text"}]}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"text":"b"}]}]})",
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"sql","text":"b"}]}]})",
      R"({"messages":[{"role":"user","content":[{"type":"python","text":"1"}]},{"role":"assistant","content":"b"}]})",
      "{\"messages\":[{\"role\":\"user\",\"content\":\"caf\xe9\"},{\"role\":\"assistant\",\"content\":\"b\"}]"
      "}",
  };
  for (const std::string& line : bad) {
    CAPTURE(line);
    probe::put_content(path, good + "\n\n" + line + "\n" + good + "\n");
    CHECK_THROWS_AS(load_conversations(path), std::runtime_error);
    CHECK(probe::names_number(complaint([&] { load_conversations(path); }), path, 3));
    CHECK_THROWS_AS(conversation_of_json(line), std::runtime_error);
  }
  probe::put_content(path, "\n \n");
  CHECK_THAT(complaint([&] { load_conversations(path); }), Catch::Contains(path));
  CHECK_THROWS_AS(load_conversations(directory / "nowhere.jsonl"), std::runtime_error);
  CHECK_NOTHROW(conversation_of_json(good));
  // The sentence says where in the line: message 2, part 3.
  const std::string where = complaint([&] {
    conversation_of_json(
        R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":)"
        R"([{"type":"text","text":"b"},{"type":"text","text":"b"},{"type":"sql","text":"c"}]}]})");
  });
  CHECK(probe::names_number(where, "", 2));
  CHECK(probe::names_number(where, "", 3));
}

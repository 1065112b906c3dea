// A chat's two ends: the prompt of every turn against the rendering of the whole conversation, and the text
// of an answer token by token.

#include "nanochat/chat.h"

#include "nanochat/conversation.h"
#include "probe.h"

using nanochat::AnswerText;
using nanochat::ChatHistory;
using nanochat::Conversation;
using nanochat::Message;
using nanochat::Role;
using Ids = std::vector<int64_t>;

namespace {

const nanochat::Tokenizer& tokenizer() {
  static const nanochat::Tokenizer all{
      std::vector<nanochat::TokenPair>{{'h', 'e'}, {0xc3, 0xa9}, {'o', 0xe2}}};
  return all;
}

int64_t special(const std::string& name) {
  return tokenizer().encode_special("<|" + name + "|>");
}

Conversation conversation(const std::vector<std::string>& texts) {
  Conversation all;
  for (size_t i = 0; i < texts.size(); ++i) {
    all.messages.emplace_back(i % 2 == 0 ? Role::user : Role::assistant, texts[i]);
  }
  return all;
}

Ids prompt_of(const std::vector<std::string>& texts) {
  return nanochat::render_for_completion(tokenizer(), conversation(texts));
}

// Everything shown for these tokens, piece by piece; the last piece is what finish() adds.
std::vector<std::string> shown(const Ids& ids) {
  AnswerText text(tokenizer());
  std::vector<std::string> pieces;
  for (const int64_t id : ids) pieces.push_back(text.push(id));
  pieces.push_back(text.finish());
  return pieces;
}

std::string joined(const Ids& ids) {
  std::string all;
  for (const std::string& piece : shown(ids)) all += piece;
  return all;
}

Ids call(const std::string& expression, const std::string& result) {
  Ids ids = {special("python_start")};
  for (const char c : expression) ids.push_back(c);
  ids.push_back(special("python_end"));
  if (result.empty()) return ids;
  ids.push_back(special("output_start"));
  for (const char c : result) ids.push_back(c);
  ids.push_back(special("output_end"));
  return ids;
}

Ids operator+(Ids a, const Ids& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("chat.history", "[chat]") {
  ChatHistory history(tokenizer(), 1000);
  CHECK(history.turns() == 0);
  CHECK(history.ask("hello there") == prompt_of({"hello there"}));
  history.answer(tokenizer().encode("good day"));
  CHECK(history.turns() == 1);
  CHECK(history.ask("and then?") == prompt_of({"hello there", "good day", "and then?"}));
  history.answer(tokenizer().encode("no"));
  CHECK(history.ask("why") == prompt_of({"hello there", "good day", "and then?", "no", "why"}));
  history.answer(tokenizer().encode("oh"));
  history.clear();
  CHECK(history.turns() == 0);
  CHECK(history.ask("again") == prompt_of({"again"}));
}

TEST_CASE("chat.forgets", "[chat]") {
  // The oldest turns go, as few as possible.
  const std::vector<std::string> texts = {"first of all", "a", "two", "answer b", "three", "c", "four"};
  const Ids all = prompt_of(texts), two = prompt_of({texts[2], texts[3], texts[4], texts[5], texts[6]});
  const Ids one = prompt_of({texts[4], texts[5], texts[6]}), none = prompt_of({texts[6]});
  const auto last_prompt = [&](size_t max_tokens) {
    ChatHistory history(tokenizer(), static_cast<int64_t>(max_tokens));
    for (size_t i = 0; i + 1 < texts.size(); i += 2) {
      // Turns do not go until they have to.
      history.ask(texts[i]);
      history.answer(tokenizer().encode(texts[i + 1]));
    }
    return history.ask(texts.back());
  };
  CHECK(last_prompt(all.size()) == all);
  CHECK(last_prompt(all.size() - 1) == two);
  CHECK(last_prompt(two.size()) == two);
  CHECK(last_prompt(two.size() - 1) == one);
  CHECK(last_prompt(one.size()) == one);
  const size_t longest = prompt_of({texts[0]}).size();
  REQUIRE(longest < one.size());
  CHECK(last_prompt(longest) == none);
}

TEST_CASE("chat.forgets_exactly", "[chat]") {
  // A chat that just fits is kept whole, and one token more costs one turn.
  const Ids fits = prompt_of({"one", "a", "two"});
  for (const int64_t less : {0, 1}) {
    ChatHistory history(tokenizer(), static_cast<int64_t>(fits.size()) - less);
    history.ask("one");
    history.answer(tokenizer().encode("a"));
    CHECK(history.ask("two") == (less == 0 ? fits : prompt_of({"two"})));
    CHECK(history.turns() == (less == 0 ? 2 : 1));
  }
}

TEST_CASE("chat.system", "[chat]") {
  // What the system says is there in every prompt, at its beginning, also when the first turn is not.
  const auto prompt = [](const std::vector<std::string>& texts) {
    Conversation all = conversation(texts);
    all.messages.insert(all.messages.begin(), Message(Role::system, "be a cat"));
    return nanochat::render_for_completion(tokenizer(), all);
  };
  const Ids whole = prompt({"one", "a", "two", "b", "three"});
  for (const int64_t less : {0, 1}) {
    CAPTURE(less);
    ChatHistory history(tokenizer(), static_cast<int64_t>(whole.size()) - less, "be a cat");
    CHECK(history.ask("one") == prompt({"one"}));
    history.answer(tokenizer().encode("a"));
    CHECK(history.ask("two") == prompt({"one", "a", "two"}));
    history.answer(tokenizer().encode("b"));
    CHECK(history.ask("three") == (less == 0 ? whole : prompt({"two", "b", "three"})));
    CHECK(history.turns() == (less == 0 ? 3 : 2));
    history.clear();
    CHECK(history.ask("again") == prompt({"again"}));
  }
  // It takes its room.
  ChatHistory tight(tokenizer(), static_cast<int64_t>(prompt({"one"}).size()) - 1, "be a cat");
  CHECK_THROWS_AS(tight.ask("one"), std::runtime_error);
  CHECK(tight.turns() == 0);
}

TEST_CASE("chat.history_refuses", "[errors]") {
  const int64_t room = static_cast<int64_t>(prompt_of({"12345678"}).size());
  ChatHistory history(tokenizer(), room);
  CHECK(history.ask("1234") == prompt_of({"1234"}));
  history.answer({'x'});
  CHECK_THROWS_AS(history.ask("123456789"), std::runtime_error);
  CHECK_THROWS_AS(history.ask(""), std::runtime_error);
  CHECK_THROWS_AS(history.ask("\xff"), std::runtime_error);
  CHECK(history.turns() == 1);
  CHECK(history.ask("12345678") == prompt_of({"12345678"}));
}

TEST_CASE("chat.answer_text", "[chat]") {
  using Pieces = std::vector<std::string>;
  CHECK(shown({'a', 256, ' ', 'b'}) == Pieces{"a", "he", " ", "b", ""});
  CHECK(shown({}) == Pieces{""});
  CHECK(joined({'a', special("user_start"), 'b'}) == "a<|user_start|>b");
}

TEST_CASE("chat.answer_characters", "[chat]") {
  using Pieces = std::vector<std::string>;
  const std::string missing = "\xef\xbf\xbd";
  CHECK(shown({'a', 0xc3, 0xa9, 'b'}) == Pieces{"a", "", "\xc3\xa9", "b", ""});
  CHECK(shown({257, 0xc3, 0xa9}) == Pieces{"\xc3\xa9", "", "\xc3\xa9", ""});
  CHECK(shown({258, 0x82, 0xac}) == Pieces{"o", "", "\xe2\x82\xac", ""});
  CHECK(shown({0xf0, 0x9f, 0x98, 0x80}) == Pieces{"", "", "", "\xf0\x9f\x98\x80", ""});
  // What never becomes a character is replaced, and nothing else is lost.
  CHECK(joined({'a', 0xc3}) == "a" + missing);
  CHECK(joined({0xe2, 0x82}) == missing);
  CHECK(shown({0xff, 'a'}) == Pieces{missing, "a", ""});
  CHECK(shown({0x80, 'a'}) == Pieces{missing, "a", ""});
  CHECK(shown({0xc0}) == Pieces{missing, ""});
  CHECK(shown({0xf5}) == Pieces{missing, ""});
  CHECK(shown({0xc3, 'a'}) == Pieces{"", missing + "a", ""});
  CHECK(shown({0xc3, 0xc3, 0xa9}) == Pieces{"", missing, "\xc3\xa9", ""});
  CHECK(shown({0xe2, 'a', 0x82}) == Pieces{"", missing + "a", missing, ""});
  CHECK(shown({0xf4, 0x8f, 0xbf, 0xbf}) == Pieces{"", "", "", "\xf4\x8f\xbf\xbf", ""});
}

TEST_CASE("chat.answer_tool", "[chat]") {
  using Pieces = std::vector<std::string>;
  CHECK(joined(call("1+2", "3") + Ids{'x'}) == "[1+2 = 3] x");
  CHECK(joined(Ids{'a', ' '} + call("1+2", "3")) == "a [1+2 = 3] ");
  CHECK(shown(call("7", "8")) == Pieces{"[", "7", "", " = ", "8", "] ", ""});
  // A call without a result, one that is cut off, and two in a row.
  CHECK(joined(call("1+", "") + Ids{'x'}) == "[1+] x");
  CHECK(joined(call("1+", "")) == "[1+] ");
  CHECK(joined({special("python_start"), '1'}) == "[1] ");
  CHECK(joined({special("python_start"), '1', special("python_end"), special("output_start"), '2'}) ==
        "[1 = 2] ");
  CHECK(joined(call("1", "2") + call("3", "4")) == "[1 = 2] [3 = 4] ");
  CHECK(joined(call("1", "") + call("3", "4")) == "[1] [3 = 4] ");
  // Out of place they are ordinary special tokens.
  CHECK(joined({'a', special("python_end"), 'b'}) == "a<|python_end|>b");
  CHECK(joined({special("output_start"), 'b', special("output_end")}) == "<|output_start|>b<|output_end|>");
  CHECK(joined({0xc3, special("python_start"), '1', special("python_end")}) == "\xef\xbf\xbd[1] ");
}

TEST_CASE("chat.answer_brackets", "[chat]") {
  AnswerText text(tokenizer());
  std::string inside;
  for (const int64_t id : Ids{'a'} + call("1", "2") + Ids{'b'} + call("3", "") + Ids{'c'}) {
    text.push(id);
    inside += text.in_brackets() ? '1' : '0';
  }
  CHECK(inside == "011111001110");
  text.push(special("python_start"));
  text.finish();
  CHECK_FALSE(text.in_brackets());
  CHECK(text.push('x') == "x");
}

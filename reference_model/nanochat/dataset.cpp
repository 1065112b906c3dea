// Documents: the generator, and the user's files. Contracts are in the header.

#include "nanochat/dataset.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "nanochat/common.h"
#include "nanochat/files.h"
#include "nanochat/jsonl.h"

namespace nanochat {

namespace {

using Words = std::vector<std::string>;

const Words kGirls = {"Lily", "Mia", "Anna", "Sara", "Zoe", "Ruth", "Ella", "Nina", "Rose", "Kate"};
const Words kBoys = {"Tom", "Ben", "Max", "Sam", "Leo", "Finn", "Jack", "Noah", "Paul", "Otto"};
const Words kAnimals = {"dog",   "cat",  "bird", "frog", "rabbit", "horse",
                        "mouse", "duck", "goat", "fox",  "bear",   "owl"};
const Words kThings = {"ball",  "book", "kite", "drum", "hat",   "boat", "lamp",
                       "shell", "coin", "bell", "box",  "stone", "cup",  "key"};
const Words kColours = {"red", "blue", "green", "yellow", "white", "black", "brown", "silver"};
const Words kPlaces = {"park",  "garden", "house", "forest", "school", "river",
                       "beach", "market", "hill",  "bridge", "farm",   "lake"};
const Words kFeelings = {"happy", "sad", "proud", "tired", "brave", "shy", "calm", "glad"};
const Words kFruit = {"apples", "pears", "plums", "figs", "nuts", "berries", "lemons", "dates"};
const Words kTimes = {"One day",   "In the morning", "After lunch", "At night",
                      "Last week", "In the rain",    "On Sunday",   "Long ago"};

const Words kBeginnings = {
    "{time} {hero} went to the {place} with {their} {thing}.",
    "{hero} had a {thing}. {They} took it to the {place} every day.",
    "{hero} and {friend} lived near the {place}. They had a {animal}.",
    "{time} {hero} found a {thing} at the {place}.",
    "{hero} wanted a {thing}, so {they} walked to the {place}.",
};
const Words kMiddles = {
    "{They} lost the {thing} and looked for it under a tree.",
    "A {animal} came and took the {thing}.",
    "\"Do you want to play?\" said {hero} to {friend}.",
    "\"Is this your {thing}?\" asked the {animal}.",
    "{friend} liked the {thing}, so {hero} gave it to {friend}.",
    "{hero} saw the {animal} and ran back to the {place}.",
    "The {animal} was {feeling}, but {hero} was {feeling2}.",
    "{They} sat down at the {place} with {their} friend {friend}.",
    "It began to rain, and the {thing} got wet.",
    "{friend} called the {animal}, and it came to {hero}.",
    "They played with the {thing} until it was dark.",
};
const Words kEndings = {
    "Then {hero} went home with the {thing}.",          "{hero} felt {feeling}.",
    "After that {hero} and the {animal} were friends.", "\"Thank you, {friend}!\" said {hero}.",
    "{They} never went to the {place} again.",
};

// Something that a story says, a question about it, and the answer.
struct Fact {
  std::string statement, question, answer;
};
const std::vector<Fact> kFacts = {
    {"{time} {hero} found a {thing} at the {place}.", "Who found the {thing}?",
     "{hero} found the {thing}."},
    {"{time} {hero} found a {thing} at the {place}.", "Where did {hero} find the {thing}?",
     "{They} found it at the {place}."},
    {"{hero} had a {thing}. {They} took it to the {place} every day.", "What did {hero} have?",
     "{They} had a {thing}."},
    {"{hero} and {friend} lived near the {place}. They had a {animal}.",
     "Who lived near the {place}?", "{hero} and {friend} did."},
    {"{hero} wanted a {thing}, so {they} walked to the {place}.", "Where did {hero} walk to?",
     "{They} walked to the {place}."},
    {"{hero} wanted a {thing}, so {they} walked to the {place}.", "What did {hero} want?",
     "{They} wanted a {thing}."},
};
const Words kSumQuestions = {"What is {sum}?", "How much is {sum}?", "Compute {sum}."};

const std::string& pick(Rng& rng, const Words& words) {
  return words[static_cast<size_t>(rng.below(static_cast<int64_t>(words.size())))];
}

using Cast = std::map<std::string, std::string>;

// Puts the cast in place of the names in braces.
std::string fill(const std::string& sentence, const Cast& cast) {
  std::string text;
  for (size_t i = 0; i < sentence.size(); ++i) {
    if (sentence[i] != '{') {
      text += sentence[i];
      continue;
    }
    const size_t close = sentence.find('}', i);
    text += cast.at(sentence.substr(i + 1, close - i - 1));
    i = close;
  }
  return text;
}

// Who and what a document is about. It stays the same from the first sentence to the last, so that
// a model that looks back knows more than one that does not.
Cast pick_cast(Rng& rng) {
  const bool girl = rng.below(2) == 0;
  return {
      {"hero", pick(rng, girl ? kGirls : kBoys)},
      {"They", girl ? "She" : "He"},
      {"they", girl ? "she" : "he"},
      {"their", girl ? "her" : "his"},
      {"friend", pick(rng, girl ? kBoys : kGirls)},
      {"animal", pick(rng, kAnimals)},
      {"thing", pick(rng, kColours) + " " + pick(rng, kThings)},
      {"place", pick(rng, kPlaces)},
      {"time", pick(rng, kTimes)},
      {"feeling", pick(rng, kFeelings)},
      {"feeling2", pick(rng, kFeelings)},
  };
}

// How a story goes on after its first sentence.
std::string continuation(Rng& rng, const Cast& cast) {
  std::string text;
  const int64_t middles = 1 + rng.below(3);
  for (int64_t i = 0; i < middles; ++i) text += fill(pick(rng, kMiddles), cast) + " ";
  return text + fill(pick(rng, kEndings), cast);
}

// A few sentences about one cast.
std::string story(Rng& rng, const Cast& cast) {
  const std::string beginning = fill(pick(rng, kBeginnings), cast);
  return beginning + " " + continuation(rng, cast);
}

// Somebody counts fruit.
std::string word_problem(Rng& rng) {
  Cast cast = pick_cast(rng);
  const int64_t a = 1 + rng.below(20), b = 1 + rng.below(20);
  const bool more = rng.below(2) == 0;
  cast["fruit"] = pick(rng, kFruit);
  cast["before"] = std::to_string(more ? a : a + b);
  cast["change"] = std::to_string(b);
  cast["after"] = std::to_string(more ? a + b : a);
  return fill(more ? "{hero} has {before} {fruit}. {They} finds {change} more at the {place}. "
                     "Now {hero} has {after} {fruit}."
                   : "{hero} has {before} {fruit}. {They} gives {change} of them to {friend}. "
                     "Now {hero} has {after} {fruit}.",
              cast);
}

// A few sums, one a line.
std::string sums(Rng& rng) {
  std::string text;
  const int64_t lines = 2 + rng.below(4);
  for (int64_t line = 0; line < lines; ++line) {
    const int64_t a = rng.below(50), b = rng.below(50);
    text += (line == 0 ? "" : "\n") + std::to_string(a) + " + " + std::to_string(b) + " = " +
            std::to_string(a + b);
  }
  return text;
}

// A number of one, two or three digits, each as likely.
int64_t pick_number(Rng& rng) {
  static constexpr int64_t kBounds[] = {0, 10, 100, 1000};
  const int64_t digits = rng.below(3);
  return kBounds[digits] + rng.below(kBounds[digits + 1] - kBounds[digits]);
}

Message user(std::string text) {
  return Message(Role::user, std::move(text));
}

Message assistant(std::string text) {
  return Message(Role::assistant, std::move(text));
}

// A sum that the tool is asked for; `text` is what is said when the answer is there.
Message calculated(const std::string& expression, int64_t answer, const std::string& text) {
  return Message(Role::assistant, {{PartType::python, expression},
                                   {PartType::python_output, std::to_string(answer)},
                                   {PartType::text, text}});
}

Conversation sum_conversation(Rng& rng) {
  const bool plus = rng.below(2) == 0;
  int64_t a = pick_number(rng), b = pick_number(rng);
  if (!plus && a < b) std::swap(a, b);
  const std::string op = plus ? "+" : "-";
  const std::string question = std::to_string(a) + " " + op + " " + std::to_string(b);
  const int64_t answer = plus ? a + b : a - b;
  return {{user(fill(pick(rng, kSumQuestions), {{"sum", question}})),
           calculated(std::to_string(a) + op + std::to_string(b), answer,
                      question + " = " + std::to_string(answer) + ".")}};
}

Conversation word_problem_conversation(Rng& rng) {
  Cast cast = pick_cast(rng);
  const bool more = rng.below(2) == 0;
  int64_t before = pick_number(rng), change = pick_number(rng);
  if (!more && before < change) std::swap(before, change);
  const int64_t after = more ? before + change : before - change;
  cast["fruit"] = pick(rng, kFruit);
  cast["before"] = std::to_string(before);
  cast["change"] = std::to_string(change);
  cast["after"] = std::to_string(after);
  return {{user(fill(more ? "{hero} has {before} {fruit}. {They} finds {change} more. "
                            "How many {fruit} does {hero} have now?"
                          : "{hero} has {before} {fruit}. {They} gives {change} to {friend}. "
                            "How many {fruit} does {hero} have now?",
                     cast)),
           calculated(fill(more ? "{before}+{change}" : "{before}-{change}", cast), after,
                      fill("{hero} has {after} {fruit}.", cast))}};
}

Conversation story_conversation(Rng& rng) {
  const Cast cast = pick_cast(rng);
  if (rng.below(2) == 0) {
    const std::string request = fill("Tell me a story about a {thing}.", cast);
    return {{user(request), assistant(story(rng, cast))}};
  }
  const std::string request = "Continue: " + fill(pick(rng, kBeginnings), cast);
  return {{user(request), assistant(continuation(rng, cast))}};
}

Conversation question_conversation(Rng& rng) {
  const Cast cast = pick_cast(rng);
  const Fact& fact = kFacts[static_cast<size_t>(rng.below(static_cast<int64_t>(kFacts.size())))];
  std::string text = fill(fact.statement, cast) + " ";
  if (rng.below(2) == 0) text += fill(pick(rng, kMiddles), cast) + " ";
  return {{user(text + fill(fact.question, cast)), assistant(fill(fact.answer, cast))}};
}

std::string document_of_line(const std::string& path, int64_t number, const std::string& line) {
  std::optional<std::string> text = text_of_json(line);
  if (!text) {
    throw std::runtime_error(path + ", line " + std::to_string(number) +
                             ": not a JSON object with a string \"text\"");
  }
  return *std::move(text);
}

}  // namespace

std::vector<std::string> generate_documents(int64_t count, uint64_t seed) {
  // One kind after the other, as real corpora come, source by source.
  Rng rng(seed);
  std::vector<std::string> documents;
  for (int64_t i = 0; i < count; ++i) {
    if (i < count / 2) {
      documents.push_back(story(rng, pick_cast(rng)));
    } else if (i < count * 3 / 4) {
      documents.push_back(word_problem(rng));
    } else {
      documents.push_back(sums(rng));
    }
  }
  return documents;
}

std::vector<Conversation> generate_conversations(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<Conversation> conversations;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t kind = rng.below(10);
    if (kind < 6) {
      conversations.push_back(sum_conversation(rng));
    } else if (kind < 7) {
      conversations.push_back(word_problem_conversation(rng));
    } else if (kind < 8) {
      conversations.push_back(story_conversation(rng));
    } else {
      conversations.push_back(question_conversation(rng));
    }
  }
  return conversations;
}

std::vector<std::string> load_documents(const std::string& path) {
  std::istringstream lines(read_file(path));
  const bool jsonl = path.ends_with(".jsonl");
  std::vector<std::string> documents;
  std::string paragraph;
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!is_utf8(line)) {
      throw std::runtime_error(path + ", line " + std::to_string(number) + ": not valid UTF-8");
    }
    const bool blank = line.find_first_not_of(" \t") == std::string::npos;
    if (jsonl) {
      if (!blank) documents.push_back(document_of_line(path, number, line));
    } else if (!blank) {
      paragraph += (paragraph.empty() ? "" : "\n") + line;
    } else if (!paragraph.empty()) {
      documents.push_back(std::exchange(paragraph, {}));
    }
  }
  if (!paragraph.empty()) documents.push_back(std::move(paragraph));
  std::erase_if(documents, [](const std::string& document) { return document.empty(); });
  if (documents.empty()) throw std::runtime_error(path + " holds no document");
  return documents;
}

std::vector<Conversation> load_conversations(const std::string& path) {
  std::istringstream lines(read_file(path));
  std::vector<Conversation> conversations;
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      conversations.push_back(conversation_of_json(line));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(path + ", line " + std::to_string(number) + ": " + error.what());
    }
  }
  if (conversations.empty()) throw std::runtime_error(path + " holds no conversation");
  return conversations;
}

Split split_documents(std::vector<std::string> documents, int64_t val_every) {
  if (documents.size() < 2) {
    throw std::runtime_error("one document is not enough to train and to validate");
  }
  if (val_every < 2) throw std::runtime_error("not every document can be set apart");
  Split split;
  const size_t every = std::min(static_cast<size_t>(val_every), documents.size());
  for (size_t i = 0; i < documents.size(); ++i) {
    (i % every == every - 1 ? split.val : split.train).push_back(std::move(documents[i]));
  }
  return split;
}

}  // namespace nanochat

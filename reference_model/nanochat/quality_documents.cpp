// The generator of labelled documents. Its contract is in quality_data.h.

#include <sstream>
#include <string>
#include <vector>

#include "nanochat/common.h"
#include "nanochat/dataset.h"
#include "nanochat/quality_data.h"

namespace nanochat {

namespace {

using Words = std::vector<std::string>;

const Words kAdvertising = {
    "Click here to subscribe to our newsletter!",
    "All rights reserved.",
    "Accept all cookies to continue.",
    "Buy now and save 50% today only!",
    "Log in or sign up to leave a comment.",
    "Follow us on social media.",
    "Terms of use and privacy policy.",
    "You have won a prize! Claim it now!",
    "Home | About | Contact | Help",
    "Share this page with your friends.",
};

const std::string& pick(Rng& rng, const Words& items) {
  return items[static_cast<size_t>(rng.below(static_cast<int64_t>(items.size())))];
}

Words split_words(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string join(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string shuffled_words(Rng& rng, const std::string& document) {
  Words words = split_words(document);
  rng.shuffle(words);
  return join(words);
}

std::string keyboard_noise(Rng& rng) {
  static const std::string keys = "asdfghjklqwertyuiopzxcvbnm1234567890;,.#";
  Words words(static_cast<size_t>(3 + rng.below(12)));
  for (std::string& word : words) {
    for (int64_t left = 2 + rng.below(9); left > 0; --left) {
      word += keys[static_cast<size_t>(rng.below(static_cast<int64_t>(keys.size())))];
    }
  }
  return join(words);
}

std::string advertising(Rng& rng) {
  Words sentences(static_cast<size_t>(2 + rng.below(5)));
  for (std::string& sentence : sentences) sentence = pick(rng, kAdvertising);
  return join(sentences);
}

// A beginning without an end.
std::string stub(Rng& rng, const std::string& document) {
  Words words = split_words(document);
  words.resize(std::min(words.size(), static_cast<size_t>(2 + rng.below(4))));
  return join(words) + "...";
}

std::string repetition(Rng& rng, const std::string& document) {
  const std::string sentence = document.substr(0, document.find_first_of(".!?\n") + 1);
  return join(Words(static_cast<size_t>(3 + rng.below(6)), sentence));
}

std::string junk(Rng& rng, const std::string& document) {
  switch (rng.below(5)) {
    case 0:
      return shuffled_words(rng, document);
    case 1:
      return keyboard_noise(rng);
    case 2:
      return advertising(rng);
    case 3:
      return stub(rng, document);
    default:
      return repetition(rng, document);
  }
}

// The same document to people, another one to computers.
std::string near_copy(Rng& rng, const std::string& text) {
  std::string copy;
  const bool shout = rng.below(3) == 0;
  for (const char c : text) {
    if (c == ' ' && rng.below(4) == 0) copy += ' ';
    copy += shout && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return copy + (rng.below(2) == 0 ? "\n" : "");
}

}  // namespace

std::vector<LabelledDocument> generate_labelled_documents(int64_t count, uint64_t seed) {
  Rng rng(seed);
  const Words originals = generate_documents(count, rng.next());
  std::vector<LabelledDocument> documents;
  while (static_cast<int64_t>(documents.size()) < count) {
    const int64_t kind = rng.below(100);
    if (kind < 12 && !documents.empty()) {
      LabelledDocument copy =
          documents[static_cast<size_t>(rng.below(static_cast<int64_t>(documents.size())))];
      if (kind < 6) copy.text = near_copy(rng, copy.text);
      documents.push_back(std::move(copy));
      continue;
    }
    const int64_t label = rng.below(7) == 0 ? 1 : 0;
    std::string text;
    for (int64_t parts = kind < 20 ? 4 + rng.below(4) : 1; parts > 0; --parts) {
      const std::string& original = pick(rng, originals);
      text += (text.empty() ? "" : "\n") + (label == 1 ? original : junk(rng, original));
    }
    documents.push_back({std::move(text), label});
  }
  return documents;
}

}  // namespace nanochat

// Where documents and conversations come from: a generator that needs no download, or the user's
// own file.
//
// The generator writes small stories and sums. A model of a megabyte learns their grammar in
// seconds on two cores, yet names, objects and numbers are drawn at random, so that there is
// something left to be uncertain about and the loss has a floor above zero.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/conversation.h"

namespace nanochat {

// `count` documents in ASCII, one kind after the other. The same seed gives the same documents on
// every platform.
std::vector<std::string> generate_documents(int64_t count, uint64_t seed);

// The documents of a file: in a .jsonl file the "text" of every line's object, in any other file
// the stretches between blank lines. Throws std::runtime_error, with one sentence that names the
// file (and line), if it cannot be read, is not UTF-8, or holds no document.
std::vector<std::string> load_documents(const std::string& path);

// `count` conversations in ASCII, all kinds mixed: stories on request, questions about a story, and
// sums of numbers of up to three digits that are answered through the calculator. The same seed
// gives the same conversations on every platform.
std::vector<Conversation> generate_conversations(int64_t count, uint64_t seed);

// The conversations of a .jsonl file, a line each, as conversation_of_json() in jsonl.h reads them.
// Throws std::runtime_error, with one sentence that names the file (and line), if it cannot be
// read, a line is something else, or there is none.
std::vector<Conversation> load_conversations(const std::string& path);

struct Split {
  std::vector<std::string> train, val;
};

// Sets every `val_every`-th document apart for validation, at least one, so that both sides hold
// documents from all over the corpus. Throws std::runtime_error if there are fewer than two
// documents or val_every is below two.
Split split_documents(std::vector<std::string> documents, int64_t val_every = 10);

}  // namespace nanochat

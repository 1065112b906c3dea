// Tasks for core_eval.h: made from the same little world as the documents, or read from a file.
//
// The made-up ones turn documents that no training has seen into questions: what did the hero carry
// home, who has the fruit, how much is the sum. They need no download, and a model that has only
// learned which words are frequent does no better at them than a guess.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/task.h"

namespace nanochat {

// Five tasks of at most `items` items each, from documents of this seed, which should not be that
// of training:
//   story-thing   what a hero of a story goes home with, of four things (multiple choice)
//   which-fruit   what somebody counted, of four kinds of fruit (multiple choice)
//   who-has       of two people, who it was that counted (schema)
//   how-many      the end of a word problem (language modeling)
//   sums          the result of a sum, after three others (language modeling)
// The same seed gives the same tasks on every platform.
std::vector<Task> generate_tasks(int64_t items, uint64_t seed);

// The tasks of a .jsonl file, an item a line, of one of these forms:
//   {"task": "NAME", "query": "…", "choices": ["…", …], "gold": 0}
//   {"task": "NAME", "context_options": ["…", …], "continuation": "…", "gold": 0}
//   {"task": "NAME", "context": "…", "continuation": "…"}
// Items of the same name are one task, and of one form. Each is shown after `num_fewshot` solved
// ones. Throws std::runtime_error, with one sentence that names the file (and line), if it cannot
// be read, a line is something else, or there is none.
std::vector<Task> load_tasks(const std::string& path, int64_t num_fewshot = 0);

}  // namespace nanochat

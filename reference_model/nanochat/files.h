// Files, read whole and written whole.
//
// Hours of work may lie in a file that is about to be written over, so the new content goes into a
// file beside it first and takes its place in one move: whoever reads, and whoever is killed, finds
// either the old file or the new one.

#pragma once

#include <string>
#include <string_view>

namespace nanochat {

// The content of a file. Throws std::runtime_error, with one sentence that names it, if it cannot
// be read.
std::string read_file(const std::string& path);

// Puts `content` where `path` says, on the disk when this returns, and makes the directories above
// it. Works through `path` + ".partial", which is gone afterwards. Throws std::runtime_error, with
// one sentence, if that fails; what was at `path` before is untouched then, and nothing new beside
// it.
void write_file(const std::string& path, std::string_view content);

// Throws as write_file() would if it could not even begin. For programs that would rather know
// before the work than after it.
void check_writable(const std::string& path);

}  // namespace nanochat

// source_kind: what a file of a C, C++ or CUDA tree is, by its name.
#pragma once

#include <filesystem>

namespace nanobug {

enum class Language { c, cpp, cuda };

// Of a source or a header; C++ where the name does not say.
Language language_of(const std::filesystem::path& file);

// Is it compiled by itself, to an object of its own? Everything else is read by others, if by anybody.
bool is_compiled(const std::filesystem::path& file);

// Is it called as headers, and what is included like them, are?
bool is_header(const std::filesystem::path& file);

}  // namespace nanobug

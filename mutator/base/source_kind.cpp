// source_kind: see source_kind.h.
#include "mutator/base/source_kind.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace nanobug {
namespace {

constexpr std::array<std::string_view, 8> kCompiled = {".c",   ".cc",  ".cp", ".cpp",
                                                       ".cxx", ".c++", ".C",  ".cu"};
constexpr std::array<std::string_view, 13> kHeaders = {".h",   ".hh",  ".hp",  ".hpp", ".hxx", ".h++", ".H",
                                                       ".cuh", ".inc", ".inl", ".ipp", ".tcc", ".tpp"};

template <size_t N>
bool ends_like(const std::filesystem::path& file, const std::array<std::string_view, N>& extensions) {
  return std::find(extensions.begin(), extensions.end(), file.extension().string()) != extensions.end();
}

}  // namespace

Language language_of(const std::filesystem::path& file) {
  const std::string extension = file.extension();
  if (extension == ".c") return Language::c;
  return extension == ".cu" || extension == ".cuh" ? Language::cuda : Language::cpp;
}

bool is_compiled(const std::filesystem::path& file) {
  return ends_like(file, kCompiled);
}

bool is_header(const std::filesystem::path& file) {
  return ends_like(file, kHeaders);
}

}  // namespace nanobug

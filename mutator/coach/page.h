// page: one self-contained file of HTML, for a browser, a phone or a printer: headings and landmarks in
// order, light and dark, no script, and nothing asked of any network.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/coach/html.h"

namespace nanobug::coach {

struct Section {
  std::string id, heading;  // an id that no other has
  std::function<void(Html&)> body;
};

struct Page {
  std::string title;
  std::string lead;  // one sentence below it
  std::vector<Section> sections;
  std::string made;  // when and by what, at its foot
};

std::string to_html(const Page& page);

// The style that every page has. Its colours are variables of :root, another set of them for a dark screen.
std::string_view page_style();

// Writes the page; directories are made. Errors: Exit::io where it cannot be written, and where a file is
// there that no nanobug wrote.
Status write_page(const std::filesystem::path& file, const std::string& html);

}  // namespace nanobug::coach

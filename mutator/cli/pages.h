// pages: what `debrief --html` and `progress --html` share: where a page goes, and its foot.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "mutator/cli/context.h"

namespace nanobug::cli {

// --html [FILE], as it was given.
struct HtmlOption {
  std::string file;  // empty: in its default place
  CLI::Option* option = nullptr;

  bool given() const { return option && option->count() > 0; }
};
std::shared_ptr<HtmlOption> add_html(CLI::App* verb, const std::string& what);

// "Made by nanobug 1.2.3 on 2026-11-28 …".
std::string made_now();

// Writes the page to the file that was named, or to pages/NAME.html below the state directory, and prints its
// path.
Result<Exit> publish(const Ui& ui, const HtmlOption& html, const std::string& name, const std::string& page);

}  // namespace nanobug::cli

// pages: see pages.h.
#include "mutator/cli/pages.h"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/base/paths.h"
#include "mutator/coach/page.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {

std::shared_ptr<HtmlOption> add_html(CLI::App* verb, const std::string& what) {
  auto html = std::make_shared<HtmlOption>();
  html->option = verb->add_option("--html", html->file, what)->expected(0, 1)->type_name("[FILE]");
  return html;
}

std::string made_now() {
  return fmt::format("Made by nanobug {} on {}. This file is all there is: it asks nothing of any network.",
                     NANOBUG_VERSION, coach::day(std::time(nullptr)));
}

Result<Exit> publish(const Ui& ui, const HtmlOption& html, const std::string& name, const std::string& page) {
  const fs::path file = html.file.empty() ? state_home() / "pages" / (name + ".html")
                                          : fs::absolute(html.file).lexically_normal();
  NANOBUG_TRY(coach::write_page(file, page));
  ui.data(ui.json ? nlohmann::json{{"page", file.string()}}.dump(2, ' ', false, kAnyBytes) : file.string());
  return Exit::ok;
}

}  // namespace nanobug::cli

// page: see page.h.
#include "mutator/coach/page.h"

#include "mutator/base/files.h"

namespace nanobug::coach {
namespace {

// By this a page is known as ours, wherever it lies.
constexpr std::string_view kMark = "<meta name=\"generator\" content=\"nanobug\"/>";
constexpr size_t kMarkWithin = 1024;  // of the file's beginning

void head(Html& html, const Page& page) {
  html.empty("meta", {{"charset", "utf-8"}});
  html.empty("meta", {{"name", "generator"}, {"content", "nanobug"}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                      {"content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}});
  html.empty("link", {{"rel", "icon"}, {"href", "data:,"}});  // else a browser asks the server for one
  html.element("title", page.title);
  html.style(page_style());
}

void body(Html& html, const Page& page) {
  html.in("header", {}, [&] {
    html.element("h1", page.title);
    html.element("p", {{"class", "lead"}}, page.lead);
    html.in("nav", {{"aria-label", "On this page"}}, [&] {
      html.in("ul", {}, [&] {
        for (const Section& section : page.sections)
          html.in("li", {}, [&] { html.element("a", {{"href", "#" + section.id}}, section.heading); });
      });
    });
  });
  html.in("main", {}, [&] {
    for (const Section& section : page.sections)
      html.in("section", {{"id", section.id}, {"aria-labelledby", section.id + "-heading"}}, [&] {
        html.element("h2", {{"id", section.id + "-heading"}}, section.heading);
        section.body(html);
      });
  });
  html.in("footer", {}, [&] { html.element("p", page.made); });
}

}  // namespace

std::string to_html(const Page& page) {
  Html html;
  html.in("html", {{"lang", "en"}}, [&] {
    html.in("head", {}, [&] { head(html, page); });
    html.in("body", {}, [&] { body(html, page); });
  });
  return "<!DOCTYPE html>\n" + html.bytes();
}

Status write_page(const fs::path& file, const std::string& html) {
  std::error_code error;
  if (const auto there = fs::status(file, error); fs::exists(there)) {
    if (!fs::is_regular_file(there))
      return fail(Exit::io, file.string() + " is no regular file; name another one after --html");
    const auto bytes = read_file(file);
    NANOBUG_TRY(bytes);
    if (std::string_view(*bytes).substr(0, kMarkWithin).find(kMark) == std::string_view::npos)
      return fail(Exit::io,
                  file.string() +
                      " is there and is no page of nanobug's, so it stays as it is; move it away, or "
                      "name another file after --html");
  }
  return write_file(file, html);
}

}  // namespace nanobug::coach

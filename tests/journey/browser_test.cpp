// browser: the pages of `debrief --html` and `progress --html` in a real one, Debian's chromium, at the width
// of a desk and of a phone, light and dark, and on paper. Measured there: what sticks out, what cannot be
// read, where links lead, what the console says, and whether anything is asked of a network.
//
// Without chromium the tests say that they are skipped, unless NANOBUG_BROWSER=required (tools/thorough sets
// it). With NANOBUG_SCREENSHOTS=DIR the pictures stay there, to be looked at.
#include <cstdlib>
#include <iostream>
#include <set>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

std::optional<fs::path> chromium() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"})
    if (const auto found = find_program(name)) return found;
  const char* asked = std::getenv("NANOBUG_BROWSER");
  if (asked && std::string(asked) == "required")
    FAIL("there is no chromium here; 'tools/setup --browser' installs it");
  std::cout << "skipped: there is no chromium here; 'tools/setup --browser' installs it\n";
  return std::nullopt;
}

// Reads the page in frames of the two widths and writes what it finds into its own document.
constexpr char kMeasure[] = R"html(<!DOCTYPE html>
<html><body style="margin:0"><pre id="result"></pre><script>
const luminance = c => { const v = c.map(x => { x /= 255; return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
const rgba = text => { const n = text.match(/[\d.]+/g).map(Number); return n.length === 3 ? [...n, 1] : n; };
function behind(element, window) {
  for (let e = element; e; e = e.parentElement) {
    const colour = rgba(window.getComputedStyle(e).backgroundColor);
    if (colour[3] === 1) return colour.slice(0, 3);
  }
  return [255, 255, 255];
}
function measure(frame) {
  const d = frame.contentDocument, w = frame.contentWindow, width = d.documentElement.clientWidth;
  const found = {width, dark: w.matchMedia('(prefers-color-scheme: dark)').matches, scroll: d.documentElement.scrollWidth,
    out: [], faint: [], texts: 0, small: [], dead: [], levels: [], overlap: [], svgs: 0, background: behind(d.body, w),
    asked: w.performance.getEntriesByType('resource').map(r => r.name), landmarks: {}};
  const hidden = e => { for (; e; e = e.parentElement) if (w.getComputedStyle(e).clipPath !== 'none') return true; return false; };
  for (const e of d.body.querySelectorAll('*')) {
    const box = e.getBoundingClientRect();
    if (box.width && box.right > width + 1 && !hidden(e)) found.out.push(e.tagName + ' ' + e.className + ' ' + box.right);
  }
  const walker = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const e = node.parentElement;
    if (!node.data.trim() || ['TITLE', 'DESC', 'title', 'desc'].includes(e.tagName) || hidden(e)) continue;
    const range = d.createRange(); range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    ++found.texts;
    const style = w.getComputedStyle(e), svg = e instanceof w.SVGElement;
    const fore = luminance(rgba(svg ? style.fill : style.color)), back = luminance(behind(e, w));
    const ratio = (Math.max(fore, back) + 0.05) / (Math.min(fore, back) + 0.05);
    if (ratio < 4.5) found.faint.push(node.data.slice(0, 30) + ' ' + ratio.toFixed(2));
    if (box.right > width + 1) found.out.push(node.data.slice(0, 30) + ' ' + box.right);
    if (box.height < 10) found.small.push(node.data.slice(0, 30) + ' ' + box.height);
  }
  for (const svg of d.querySelectorAll('svg[role=img]')) {
    ++found.svgs;
    const frame = svg.getBoundingClientRect(), boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([a, p], i) => {
      if (p.left < frame.left - 1 || p.right > frame.right + 1 || p.top < frame.top - 1 || p.bottom > frame.bottom + 1)
        found.overlap.push(a + ' leaves the picture');
      for (const [b, q] of boxes.slice(i + 1))
        if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 2 && q.top < p.bottom - 2) found.overlap.push(a + ' on ' + b);
    });
  }
  for (const a of d.querySelectorAll('a')) if (!d.getElementById((a.getAttribute('href') || '').slice(1))) found.dead.push(a.href);
  for (const h of d.querySelectorAll('h1,h2,h3,h4,h5,h6')) found.levels.push(Number(h.tagName[1]));
  for (const name of ['header', 'nav', 'main', 'footer']) found.landmarks[name] = d.querySelectorAll(name).length;
  return found;
}
const all = [], widths = [1280, 390];
function next() {
  if (all.length === widths.length) {
    document.getElementById('result').textContent = encodeURIComponent(JSON.stringify(all));
    return;
  }
  const frame = document.createElement('iframe');
  frame.style = `border:0;height:900px;width:${widths[all.length]}px`;
  frame.onload = () => { all.push(measure(frame)); next(); };
  frame.src = 'PAGE';
  document.body.append(frame);
}
next();
</script></body></html>
)html";

std::string decoded(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%')
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)), i += 2;
    else
      out += text[i];
  return out;
}

struct Browser {
  const User& user;
  fs::path program;
  fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-browser");

  ~Browser() { (void)remove_tree(place); }

  struct Shown {
    std::string out;
    std::vector<std::string> console;  // what the page's console says
    std::set<std::string> asked;       // what the page asked a network for
  };

  Shown show(const fs::path& file, bool dark, std::vector<std::string> more) const {
    const fs::path log = place / "net.json";
    std::vector<std::string> argv = {
        program.string(),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--allow-file-access-from-files",
        "--enable-logging=stderr",
        "--virtual-time-budget=10000",
        "--user-data-dir=" + (place / "profile").string(),
        "--log-net-log=" + log.string(),
        std::string("--blink-settings=preferredColorScheme=") + (dark ? "0" : "1")};
    argv.insert(argv.end(), more.begin(), more.end());
    argv.push_back("file://" + file.string());
    const Finished finished = user.command(argv);
    INFO(finished.err);
    REQUIRE(finished.exit_code == 0);
    Shown shown{.out = finished.out, .console = {}, .asked = {}};
    for (const std::string_view line : lines_of(finished.err))
      if (line.find(":CONSOLE") != line.npos) shown.console.emplace_back(line);
    // What the browser asks for by itself has no origin; a page's requests have one.
    const json events = json::parse(text_of(log), nullptr, false);
    REQUIRE_FALSE(events.is_discarded());
    for (const json& event : events["events"]) {
      const json params = event.value("params", json::object());
      if (params.contains("url") && params.value("initiator", "not an origin") != "not an origin")
        shown.asked.insert(params["url"].get<std::string>());
    }
    return shown;
  }

  // At both widths.
  json measured(const fs::path& page, bool dark) const {
    const fs::path wrapper = place / "measure.html";
    REQUIRE(write_unsynced(wrapper, replace_all(kMeasure, "PAGE", "file://" + page.string())));
    const Shown shown = show(wrapper, dark, {"--window-size=1400,1000", "--dump-dom"});
    CHECK(shown.console == std::vector<std::string>{});
    CHECK(shown.asked == std::set<std::string>{});
    const std::string open = "<pre id=\"result\">";
    const size_t begin = shown.out.find(open), end = shown.out.find("</pre>", begin);
    REQUIRE(begin != std::string::npos);
    const json found = json::parse(decoded(shown.out.substr(begin + open.size(), end - begin - open.size())),
                                   nullptr, false);
    REQUIRE(found.is_array());
    return found;
  }

  std::string picture(const fs::path& page, bool dark, int width) const {
    const char* keep = std::getenv("NANOBUG_SCREENSHOTS");
    const fs::path file =
        (keep ? fs::path(keep) : place) /
        (page.stem().string() + (dark ? "-dark-" : "-light-") + std::to_string(width) + ".png");
    show(page, dark, {"--window-size=" + std::to_string(width) + ",3000", "--screenshot=" + file.string()});
    return text_of(file);
  }
};

// Width and height of a PNG.
std::pair<int, int> size_of(const std::string& png) {
  const auto number = [&](size_t at) {
    int value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(png.at(at + i));
    return value;
  };
  REQUIRE(png.starts_with("\x89PNG"));
  return {number(16), number(20)};
}

void is_as_it_should_be(const Browser& browser, const fs::path& page, int pictures) {
  for (const bool dark : {false, true}) {
    const json found = browser.measured(page, dark);
    REQUIRE(found.size() == 2);
    for (const json& one : found) {
      INFO(page << (dark ? " dark " : " light ") << one.dump(1));
      CHECK(one["dark"] == dark);
      CHECK(one["scroll"] <= one["width"]);
      for (const char* nothing : {"out", "faint", "small", "dead", "overlap", "asked"})
        CHECK(one[nothing].empty());
      CHECK(one["texts"] > 30);
      CHECK(one["svgs"] == pictures);
      CHECK((one["background"][0] < 100) == dark);
      CHECK(one["landmarks"] == json{{"header", 1}, {"nav", 1}, {"main", 1}, {"footer", 1}});
      int before = 0;
      for (const int level : one["levels"]) {
        CHECK(level <= before + 1);
        before = level;
      }
    }
    CHECK(found[0]["width"] == 1280);
    CHECK(found[1]["width"] == 390);
  }
  std::set<std::string> pictures_taken;
  for (const int width : {1280, 390})
    for (const bool dark : {false, true}) {
      const std::string png = browser.picture(page, dark, width);
      CHECK(size_of(png) == std::pair(width, 3000));
      pictures_taken.insert(png);
    }
  CHECK(pictures_taken.size() == 4);
  const fs::path pdf = browser.place / "page.pdf";
  browser.show(page, true, {"--no-pdf-header-footer", "--print-to-pdf=" + pdf.string()});
  const std::string bytes = text_of(pdf);
  CHECK(bytes.starts_with("%PDF-"));
  CHECK(has(bytes, "%%EOF"));
}

}  // namespace

TEST_CASE("the measuring finds what is wrong with a page that is", "[browser]") {
  const auto program = chromium();
  if (!program) return;
  const User user("");
  const Browser browser{user, *program};
  const fs::path page = browser.place / "wrong.html";
  REQUIRE(write_unsynced(page, R"(<!DOCTYPE html><html><body><h1>a</h1><h3>b</h3><a href="#nowhere">c</a>
<p style="width:2000px">wide</p><p style="color:#999999">faint</p><img src="http://nanobug.invalid/x.png"/>
<script>console.error("said")</script></body></html>)"));
  const Browser::Shown shown = browser.show(page, false, {"--dump-dom"});
  CHECK(shown.asked == std::set<std::string>{"http://nanobug.invalid/x.png"});
  CHECK(shown.console.size() >= 1);
  // The measuring document has a console and a log of its own, so here it is asked alone.
  const fs::path wrapper = browser.place / "measure.html";
  REQUIRE(write_unsynced(wrapper, replace_all(kMeasure, "PAGE", "file://" + page.string())));
  const std::string dom = browser.show(wrapper, true, {"--dump-dom"}).out;
  const size_t begin = dom.find("<pre id=\"result\">") + 17;
  const json found = json::parse(decoded(dom.substr(begin, dom.find("</pre>", begin) - begin)));
  for (const json& one : found) {
    INFO(one.dump(1));
    CHECK_FALSE(one["out"].empty());
    CHECK_FALSE(one["faint"].empty());
    CHECK(one["dead"].size() == 1);
    CHECK(one["levels"] == json{1, 3});
  }
}

TEST_CASE("a debrief and the progress, as a browser shows them", "[browser]") {
  const auto program = chromium();
  if (!program) return;
  const TinyWithDecoy tiny;
  const User& user = tiny.user;
  const Browser browser{user, *program};
  const auto page_of = [&](std::vector<std::string> words) {
    words.emplace_back("--html");
    return fs::path(user.ask(words)["page"].get<std::string>());
  };
  const fs::path empty = page_of({"progress"});
  is_as_it_should_be(browser, empty, 0);

  const fs::path dir = tiny.start({"T01"});
  user.nanobug({"run", "-q"});
  user.ask({"note", "<img src=x onerror=alert(1)> & \"it\" climbs: " + std::string(300, 'x')});
  user.ask({"hypothesis", "numerics", "Ünïcode 梯度 " + std::string(120, '-')});
  user.ask({"hint"});
  user.ask({"locate", "stats.cpp:9", "because"}, 1);
  replace_in(dir / "stats.cpp", "x += rate", "/* " + std::string(150, 'y') + " */ x -= rate");
  user.nanobug({"run", "-q"});
  REQUIRE(solved(user));
  user.ask({"debrief", "--grades", "2"});
  is_as_it_should_be(browser, page_of({"debrief"}), 1);
  user.ask({"stop"});
  user.ask({"start", "N01", "--mode", "review"});
  user.ask({"reveal"});
  is_as_it_should_be(browser, page_of({"debrief"}), 0);
  user.ask({"stop"});
  is_as_it_should_be(browser, page_of({"progress"}), 1);
}

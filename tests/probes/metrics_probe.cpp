// A run's record, and the loss that is shown while it goes.

#include "nanochat/metrics.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "nanochat/args.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using nanochat::MetricsLine;
using nanochat::MetricsWriter;

TEST_CASE("metrics.line", "[record]") {
  CHECK(MetricsLine().str() == "{}");
  CHECK(MetricsLine().add("step", int64_t{3}).add("loss", 2.5).str() == R"({"step":3,"loss":2.5})");
  for (const double value : {0.1, 1.0 / 3.0, -1e300, 5e-324, 0.1 + 1e-16}) {
    const auto line = nlohmann::json::parse(MetricsLine().add("x", value).str());
    CHECK(line["x"].get<double>() == value);  // all digits
  }
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(MetricsLine().add("a", std::nan("")).add("b", inf).add("c", -inf).str() ==
        R"({"a":"nan","b":"inf","c":"-inf"})");
}

TEST_CASE("metrics.text", "[record]") {
  // Any text is one line of JSON, and comes back.
  std::string ascii;
  for (char c = 0; c < 127; ++c) ascii += c;
  for (const std::string& text :
       {ascii, std::string("a b/~\x7f\xc3\xa9"), std::string("\"\\"), std::string()}) {
    const std::string written = MetricsLine().add("n", int64_t{1}).add("t", text).str();
    CHECK(written.find_first_of("\r\n") == std::string::npos);
    const auto line = nlohmann::json::parse(written);
    CHECK(line["t"].get<std::string>() == text);
    CHECK(line["n"] == 1);
  }
}

TEST_CASE("metrics.afresh", "[record]") {
  const TemporaryDirectory directory;
  put_content(directory / "m.jsonl", "old\n");
  MetricsWriter metrics(directory / "m.jsonl");
  CHECK(content_of(directory / "m.jsonl").empty());
  metrics.write(MetricsLine().add("step", int64_t{0}));
  CHECK(content_of(directory / "m.jsonl") == "{\"step\":0}\n");  // at once
  metrics.write(MetricsLine().add("step", int64_t{1}));
  CHECK(content_of(directory / "m.jsonl") == "{\"step\":0}\n{\"step\":1}\n");
}

TEST_CASE("metrics.goes_on", "[record]") {
  // Below the lines that are kept; those after them are of steps that are taken again.
  const TemporaryDirectory directory;
  const std::vector<std::pair<int64_t, std::string>> cases = {
      {0, ""}, {1, "a\n"}, {2, "a\nb\n"}, {3, "a\nb\nc\n"}, {4, "a\nb\nc\n"}};
  for (const auto& [keep, kept] : cases) {
    CAPTURE(keep);
    put_content(directory / "m.jsonl", "a\nb\nc\n");
    {
      MetricsWriter metrics(directory / "m.jsonl", keep);
      CHECK(content_of(directory / "m.jsonl") == kept);
      metrics.write(MetricsLine().add("step", int64_t{7}));
    }
    CHECK(content_of(directory / "m.jsonl") == kept + "{\"step\":7}\n");
  }
  MetricsWriter metrics(directory / "new.jsonl", 5);
  CHECK(content_of(directory / "new.jsonl").empty());
}

TEST_CASE("metrics.pipe", "[record]") {
  // A run that goes on writes into a pipe without waiting for what might come out of it.
  const TemporaryDirectory directory;
  const std::string path = directory / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const int both_ends = open(path.c_str(), O_RDWR | O_NONBLOCK);
  REQUIRE(both_ends >= 0);
  nanochat::MetricsWriter(path, 3).write(nanochat::MetricsLine().add("step", int64_t{3}));
  char text[32] = {};
  CHECK(read(both_ends, text, sizeof text) == 11);
  CHECK(std::string(text) == "{\"step\":3}\n");
  close(both_ends);
}

TEST_CASE("metrics.bad_input", "[errors]") {
  const TemporaryDirectory directory;
  CHECK(complaint([&] { MetricsWriter(directory / "no/m.jsonl"); }) != "");
  CHECK(complaint([&] { MetricsWriter("/dev/full").write(MetricsLine()); }) != "");
  CHECK_NOTHROW(MetricsWriter("").write(MetricsLine()));
}

TEST_CASE("metrics.smoothed_loss", "[record]") {
  // The mean of all losses so far, each weighing nine tenths of the next.
  const std::vector<double> losses = {6.25, 5.5, 7.0, 1.0, 3.0, 3.0, 2.0};
  nanochat::SmoothedLoss smoothed;
  CHECK(std::isnan(smoothed.value()));
  for (size_t n = 1; n <= losses.size(); ++n) {
    smoothed.add(losses[n - 1]);
    double sum = 0.0, weights = 0.0;
    for (size_t i = 0; i < n; ++i) {
      const double weight = std::pow(0.9, static_cast<double>(n - 1 - i));
      sum += weight * losses[i];
      weights += weight;
    }
    CHECK(smoothed.value() == Approx(sum / weights).epsilon(1e-13));
    CHECK(smoothed.count == static_cast<int64_t>(n));
  }
  const nanochat::SmoothedLoss copy{.sum = smoothed.sum, .count = smoothed.count};
  CHECK(copy.value() == smoothed.value());
}

TEST_CASE("args.values", "[options]") {
  // What is set now, by section, as it could be typed.
  int64_t n = 3;
  double x = 0.1;
  bool flag = false;
  std::string text = "a b", other;
  nanochat::Args args("program", "summary");
  args.section("one");
  args.add("number,n", &n, "");
  args.add("real", &x, "");
  args.section("two");
  args.add("flag", &flag, "");
  args.add("text", &text, "");
  args.add("other", &other, "");
  using Values = std::map<std::string, std::string>;
  const auto one_is = [&](const std::string& number, double real) {
    Values one = args.values("one");
    CHECK(std::stod(one["real"]) == real);
    one.erase("real");
    CHECK(one == Values{{"number", number}});
  };
  one_is("3", 0.1);
  CHECK(args.values("two") == Values{{"flag", "false"}, {"text", "a b"}, {"other", ""}});
  CHECK(args.values("three").empty());
  const char* const typed[] = {"program", "--n=7", "--flag", "--real", "1e-3", "--other", "x"};
  REQUIRE(args.parse(7, typed));
  one_is("7", 0.001);
  CHECK(args.values("two") == Values{{"flag", "true"}, {"text", "a b"}, {"other", "x"}});
}

TEST_CASE("metrics.table", "[record]") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(MetricsLine().add("t", std::vector<std::vector<double>>{{1, 0.5}, {std::nan(""), -inf}, {}}).str() ==
        R"({"t":[[1,0.5],["nan","-inf"],[]]})");
  CHECK(MetricsLine().add("t", std::vector<std::vector<double>>{}).str() == R"({"t":[]})");
}

// Made-up documents, documents from files, and setting some apart.

#include "nanochat/dataset.h"

#include <algorithm>
#include <regex>
#include <set>

#include "probe.h"
#include "temporary.h"

using nanochat::generate_documents;
using nanochat::load_documents;
using nanochat::split_documents;
using Documents = std::vector<std::string>;

namespace {

// A file that is gone when the probe ends.
class File {
 public:
  File(const std::string& name, const std::string& content) : path_(directory_ / name) {
    probe::put_content(path_, content);
  }
  std::string path() const { return path_; }

 private:
  probe::TemporaryDirectory directory_;
  std::string path_;
};

}  // namespace

TEST_CASE("dataset.documents", "[documents]") {
  for (const int64_t count : {0, 1, 7, 300}) {
    const Documents documents = generate_documents(count, 42);
    CHECK(static_cast<int64_t>(documents.size()) == count);
    for (const std::string& document : documents) {
      CHECK(document.size() > 4);
      CHECK(std::all_of(document.begin(), document.end(),
                        [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
      CHECK(document.front() != ' ');
      CHECK(document.back() != ' ');
      CHECK(document.find("  ") == std::string::npos);
    }
  }
}

TEST_CASE("dataset.seed", "[documents]") {
  CHECK(generate_documents(100, 1) == generate_documents(100, 1));
  const Documents one = generate_documents(100, 1), two = generate_documents(100, 2);
  int64_t same = 0;
  for (size_t i = 0; i < 100; ++i) same += one[i] == two[i];
  CHECK(same < 10);
  // Hardly any document comes twice.
  CHECK(std::set<std::string>(one.begin(), one.end()).size() > 90);
}

TEST_CASE("dataset.sums", "[documents]") {
  // What is counted is counted right.
  const std::regex sum(R"((\d+) \+ (\d+) = (\d+))");
  const std::regex story(R"(has (\d+) (\w+)\. \w+ (\w+) (\d+)[^.]*\. Now \w+ has (\d+) (\w+)\.)");
  int64_t sums = 0, stories = 0;
  for (const std::string& document : generate_documents(400, 6)) {
    CAPTURE(document);
    for (std::sregex_iterator m(document.begin(), document.end(), sum), end; m != end; ++m, ++sums) {
      CHECK(std::stoll((*m)[1]) + std::stoll((*m)[2]) == std::stoll((*m)[3]));
    }
    std::smatch m;
    if (!std::regex_search(document, m, story)) continue;
    ++stories;
    const int64_t had = std::stoll(m[1]), change = std::stoll(m[4]), has = std::stoll(m[5]);
    CHECK(has == (m[3] == "finds" ? had + change : had - change));
    CHECK(has >= 0);
    CHECK(m[2] == m[6]);
  }
  CHECK(sums > 0);
  CHECK(stories > 0);
}

TEST_CASE("dataset.text_file", "[documents]") {
  const File plain("plain.txt", "one\ntwo\n\nthree\n \n\n\nfour\n");
  CHECK(load_documents(plain.path()) == Documents{"one\ntwo", "three", "four"});
  const File last("last.txt", "\n\nonly one, without an end");
  CHECK(load_documents(last.path()) == Documents{"only one, without an end"});
  const File windows("windows.txt", "na\xc3\xafve\r\n\r\ntwo\r\n");
  CHECK(load_documents(windows.path()) == Documents{"na\xc3\xafve", "two"});
}

TEST_CASE("dataset.jsonl_file", "[documents]") {
  const File lines(
      "lines.jsonl",
      "{\"text\":\"a\\nb\"}\n{\"id\":3,\"text\":\"\\u00e9 \\\"q\\\"\"}\n\n{\"text\":\"c\\n\\nd\"}\n");
  CHECK(load_documents(lines.path()) == Documents{"a\nb", "\xc3\xa9 \"q\"", "c\n\nd"});
}

TEST_CASE("dataset.split", "[documents]") {
  for (const int64_t count : {2, 3, 10, 95}) {
    for (const int64_t every : {2, 5, 10}) {
      CAPTURE(count, every);
      Documents all;
      for (int64_t i = 0; i < count; ++i) all.push_back(std::to_string(1000 + i));
      const nanochat::Split split = split_documents(all, every);
      CHECK_FALSE(split.val.empty());
      CHECK_FALSE(split.train.empty());
      CHECK(static_cast<int64_t>(split.val.size()) == std::max<int64_t>(1, count / every));
      // Every document is on one side, once, and each side keeps the order.
      CHECK(std::is_sorted(split.train.begin(), split.train.end()));
      CHECK(std::is_sorted(split.val.begin(), split.val.end()));
      Documents together;
      std::merge(split.train.begin(), split.train.end(), split.val.begin(), split.val.end(),
                 std::back_inserter(together));
      CHECK(together == all);
    }
  }
  // The held-out documents come from all over: neighbours are `every` apart.
  Documents all;
  for (int64_t i = 0; i < 100; ++i) all.push_back(std::to_string(1000 + i));
  const Documents val = split_documents(all).val;
  CHECK(val.size() == 10);
  for (size_t i = 0; i + 1 < val.size(); ++i) CHECK(std::stoll(val[i + 1]) - std::stoll(val[i]) == 10);
}

TEST_CASE("dataset.bad_input", "[errors]") {
  CHECK_THROWS_AS(load_documents("/nonexistent/file.txt"), std::runtime_error);
  CHECK_THROWS_AS(load_documents(File("empty.txt", "").path()), std::runtime_error);
  CHECK_THROWS_AS(load_documents(File("blank.txt", "\n \n\n").path()), std::runtime_error);
  const File latin("latin.txt", "caf\xe9\n"), broken("broken.jsonl", "{\"text\":\"ok\"}\n{\"text\":\n");
  const File number("number.jsonl", "{\"text\":5}\n"), missing("missing.jsonl", "{\"txt\":\"a\"}\n");
  for (const File* file : {&latin, &broken, &number, &missing}) {
    CHECK_THROWS_AS(load_documents(file->path()), std::runtime_error);
    CHECK_THROWS_WITH(load_documents(file->path()), Catch::Contains(file->path()));
  }
  CHECK_THROWS_AS(split_documents({"alone"}), std::runtime_error);
  CHECK_THROWS_AS(split_documents({}), std::runtime_error);
  CHECK_THROWS_AS(split_documents({"one", "two", "three"}, 1), std::runtime_error);
}

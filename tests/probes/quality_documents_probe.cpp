// The generated corpus has what it promises: both labels, duplicates, long documents.

#include <algorithm>
#include <map>
#include <set>

#include "nanochat/dataset.h"
#include "nanochat/quality_data.h"
#include "probe.h"

using nanochat::LabelledDocument;

namespace {

const std::vector<LabelledDocument>& corpus() {
  static const auto documents = nanochat::generate_labelled_documents(1500, 7);
  return documents;
}

}  // namespace

TEST_CASE("quality_documents.seed", "[filter_data]") {
  const auto once = nanochat::generate_labelled_documents(200, 3),
             again = nanochat::generate_labelled_documents(200, 3),
             other = nanochat::generate_labelled_documents(200, 4);
  REQUIRE(once.size() == 200);
  REQUIRE(again.size() == 200);
  REQUIRE(other.size() == 200);
  size_t different = 0;
  for (size_t i = 0; i < 200; ++i) {
    CHECK(once[i].text == again[i].text);
    CHECK(once[i].label == again[i].label);
    different += once[i].text != other[i].text;
  }
  CHECK(different > 150);
  CHECK(nanochat::generate_labelled_documents(1, 3).size() == 1);
  CHECK(nanochat::generate_labelled_documents(0, 3).empty());
}

TEST_CASE("quality_documents.labels", "[filter_data]") {
  int64_t good = 0;
  for (const LabelledDocument& document : corpus()) {
    CHECK((document.label == 0 || document.label == 1));
    CHECK_FALSE(document.text.empty());
    good += document.label;
  }
  const double junk_to_good = (1500.0 - static_cast<double>(good)) / static_cast<double>(good);
  CHECK(junk_to_good > 4.5);
  CHECK(junk_to_good < 8.0);
}

TEST_CASE("quality_documents.duplicates", "[filter_data]") {
  // Some to the letter, some but for case and white space, and each with the label of its original.
  std::map<std::string, const LabelledDocument*> seen;
  int64_t exact = 0, near = 0;
  for (const LabelledDocument& document : corpus()) {
    const auto [place, first] = seen.try_emplace(nanochat::normalise_text(document.text), &document);
    if (first) continue;
    (place->second->text == document.text ? exact : near) += 1;
    CHECK(place->second->label == document.label);
  }
  CHECK(exact > 30);
  CHECK(near > 30);
  CHECK(exact + near < 450);
}

TEST_CASE("quality_documents.length", "[filter_data]") {
  int64_t longer = 0;
  for (const LabelledDocument& document : corpus()) longer += document.text.size() > 400;
  CHECK(longer > 40);
  CHECK(longer < 500);
}

TEST_CASE("quality_documents.kinds", "[filter_data]") {
  // Good documents are stories and sums; junk has noise, advertising, stubs, repetition and confusion.
  const std::set<std::string> keys = [] {
    std::set<std::string> words;
    for (const std::string& text : nanochat::generate_documents(3000, 1)) {
      words.insert(text.substr(0, text.find(' ')));
    }
    return words;
  }();
  int64_t stubs = 0, advertising = 0, repeated = 0, good = 0, good_starts = 0, junk_starts = 0;
  for (const LabelledDocument& document : corpus()) {
    const std::string& text = document.text;
    const bool starts_well = keys.count(text.substr(0, text.find(' '))) > 0;
    if (document.label == 1) {
      good += 1;
      good_starts += starts_well;
      CHECK(text.find("...") == std::string::npos);
      CHECK(text.find("cookies") == std::string::npos);
      continue;
    }
    junk_starts += starts_well;
    stubs += text.ends_with("...");
    advertising += text.find("newsletter") != std::string::npos ||
                   text.find("cookies") != std::string::npos ||
                   text.find("All rights reserved") != std::string::npos;
    const std::string sentence = text.substr(0, text.find('.') + 1);
    repeated += sentence.size() > 8 && text.find(sentence, 1) != std::string::npos;
  }
  CHECK(static_cast<double>(good_starts) > 0.8 * static_cast<double>(good));
  CHECK(junk_starts > 200);
  CHECK(stubs > 100);
  CHECK(advertising > 100);
  CHECK(repeated > 100);
}

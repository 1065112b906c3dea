// Labelled documents on their way to batches: what may meet what, and what is measured on whom.

#include "nanochat/quality_data.h"

#include <cmath>
#include <map>
#include <set>

#include "oracle.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using nanochat::Example;
using nanochat::FeatureStats;
using nanochat::LabelledDocument;
using nanochat::QualityBatch;
using torch::Tensor;
using Documents = std::vector<LabelledDocument>;
using Ids = std::vector<int64_t>;

namespace {

const nanochat::Tokenizer kBytes{std::vector<nanochat::TokenPair>{}};  // a token a byte

Documents documents(int64_t count) {
  Documents all;
  for (int64_t i = 0; i < count; ++i) all.push_back({"document " + std::to_string(i), i % 3 == 0 ? 1 : 0});
  return all;
}

// An example whose tokens and features tell which one it is.
Example example(int64_t number, size_t length, int64_t label) {
  Ids tokens(length, 10 + number);
  tokens[0] = 1;
  return {tokens, torch::tensor({static_cast<float>(number), 0.5f}), label};
}

std::vector<Example> examples(int64_t count) {
  std::vector<Example> all;
  for (int64_t i = 0; i < count; ++i) all.push_back(example(i, 1 + static_cast<size_t>(i * 7 % 5), i % 2));
  return all;
}

// The numbers of the examples in a batch, by their features.
Ids numbers(const QualityBatch& batch) {
  Ids found;
  for (int64_t b = 0; b < batch.features.size(0); ++b) {
    found.push_back(static_cast<int64_t>(batch.features[b][0].item<float>()));
  }
  return found;
}

Ids tokens_of(const QualityBatch& batch, int64_t b) {
  Ids ids;
  for (int64_t t = 0; t < batch.tokens.size(1); ++t) {
    if (batch.mask[b][t].item<bool>()) ids.push_back(batch.tokens[b][t].item<int64_t>());
  }
  return ids;
}

}  // namespace

TEST_CASE("quality_data.normalise", "[filter_data]") {
  CHECK(nanochat::normalise_text("  A\tbC \r\n\n d\v\fZ  ") == "a bc d z");
  CHECK(nanochat::normalise_text("@[`{Az09") == "@[`{az09");
  CHECK(nanochat::normalise_text("\xc3\x84 x") == "\xc3\x84 x");
  CHECK(nanochat::normalise_text(" \n ") == "");
  CHECK(nanochat::normalise_text("ab") != nanochat::normalise_text("a b"));
}

TEST_CASE("quality_data.deduplicate", "[filter_data]") {
  const Documents different = nanochat::deduplicate(
      {{"One two", 1}, {"three", 0}, {"one  TWO\n", 0}, {"two one", 0}, {"three", 1}, {"THREE ", 1}});
  REQUIRE(different.size() == 3);
  CHECK(different[0].text == "One two");
  CHECK(different[0].label == 1);
  CHECK(different[1].text == "three");
  CHECK(different[1].label == 0);
  CHECK(different[2].text == "two one");
}

TEST_CASE("quality_data.split", "[filter_data]") {
  for (const uint64_t seed : {1, 2, 3}) {
    const Documents all = nanochat::generate_labelled_documents(500, seed);
    for (const int64_t every : {2, 5}) {
      const auto split = nanochat::split_labelled(all, every);
      std::set<std::string> train, val, texts;
      for (const LabelledDocument& document : split.train)
        train.insert(nanochat::normalise_text(document.text));
      for (const LabelledDocument& document : split.val) val.insert(nanochat::normalise_text(document.text));
      for (const LabelledDocument& document : all) texts.insert(nanochat::normalise_text(document.text));
      CHECK(train.size() == split.train.size());
      CHECK(val.size() == split.val.size());
      for (const std::string& text : val) CHECK(train.count(text) == 0);
      CHECK(train.size() + val.size() == texts.size());
      CHECK(std::abs(static_cast<double>(val.size()) - static_cast<double>(texts.size()) / every) <= 1.0);
    }
  }
  // Texts keep their labels, and both sides come from all over.
  const auto split = nanochat::split_labelled(documents(60), 4);
  for (const auto* side : {&split.train, &split.val}) {
    bool early = false, late = false;
    for (const LabelledDocument& document : *side) {
      const int64_t number = std::stoll(document.text.substr(9));
      CHECK(document.label == (number % 3 == 0 ? 1 : 0));
      early = early || number < 12;
      late = late || number >= 48;
    }
    CHECK((early && late));
  }
}

TEST_CASE("quality_data.split_errors", "[errors]") {
  CHECK(complaint([] { nanochat::split_labelled(documents(40), 1); }) != "");
  CHECK(complaint([] { nanochat::split_labelled(documents(40), 2); }) == "");
  CHECK(complaint([] { nanochat::split_labelled({}, 2); }) != "");
  for (const int64_t only : {0, 1}) {
    Documents one = documents(40);
    for (LabelledDocument& document : one) document.label = only;
    CHECK(complaint([&] { nanochat::split_labelled(one, 4); }) != "");
  }
  // A label that one side lacks: enough for one document of it, not for two sides.
  Documents rare = documents(40);
  for (LabelledDocument& document : rare) document.label = 0;
  for (size_t i = 0; i < rare.size(); ++i) {
    rare[i].label = 1;
    CHECK(complaint([&] { nanochat::split_labelled(rare, 4); }) != "");
    rare[i].label = 0;
  }
}

TEST_CASE("quality_data.load", "[filter_data]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "labels.jsonl";
  put_content(path,
              "{\"text\":\"good one\",\"label\":1}\r\n\n{\"label\":0,\"text\":\"\",\"other\":[]}\n  \n");
  const Documents loaded = nanochat::load_labelled_documents(path);
  REQUIRE(loaded.size() == 2);
  CHECK(loaded[0].text == "good one");
  CHECK(loaded[0].label == 1);
  CHECK(loaded[1].text.empty());
  CHECK(loaded[1].label == 0);
}

TEST_CASE("quality_data.load_errors", "[errors]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "labels.jsonl";
  const std::string good = "{\"text\":\"a\",\"label\":1}\n";
  CHECK(complaint([&] { nanochat::load_labelled_documents(path); }).find(path) != std::string::npos);
  for (const std::string bad :
       {"{\"text\":\"a\"}", "{\"label\":1}", "{\"text\":\"a\",\"label\":2}", "{\"text\":\"a\",\"label\":-1}",
        "{\"text\":\"a\",\"label\":\"1\"}", "{\"text\":1,\"label\":1}", "{\"text\":\"a\",\"label\":0.5}",
        "[1]", "{\"text\":\"a\",\"label\":1", "{\"text\":\"\xff\",\"label\":1}"}) {
    put_content(path, good + bad + "\n" + good);
    CHECK(names_number(complaint([&] { nanochat::load_labelled_documents(path); }), path, 2));
  }
  put_content(path, "\n  \n");
  CHECK(complaint([&] { nanochat::load_labelled_documents(path); }) != "");
}

TEST_CASE("quality_data.features", "[filter_data]") {
  // By counting on fingers.
  const std::string text = "Tom has 12 figs. Tom\nate  7!";  // 28 bytes, 7 words, 6 different
  const Tensor features = nanochat::document_features(text);
  const std::vector<double> expected = {std::log(29.0), 16.0 / 28, 3.0 / 28, 2.0 / 28,
                                        2.0 / 28,       21.0 / 7,  6.0 / 7,  7.0 / 2};
  CHECK(text.size() == 28);
  CHECK_THAT(features, close_to(torch::tensor(expected, torch::kFloat64)));
  CHECK(nanochat::kFeatureNames.size() == 8);
  // Bounds of the classes of characters, and a question.
  CHECK_THAT(nanochat::document_features("@AZ[`az{/09:~?"),
             close_to(torch::tensor({std::log(15.0), 4.0 / 14, 2.0 / 14, 2.0 / 14, 8.0 / 14, 14.0, 1.0, 1.0},
                                    torch::kFloat64)));
}

TEST_CASE("quality_data.features_empty", "[filter_data]") {
  CHECK_THAT(nanochat::document_features(""), same_as(torch::zeros({8}, torch::kFloat64)));
  for (const std::string text : {" ", "\n\n", "a", ".", "\xc3\xa9", "\x7f"}) {
    CHECK(finite(nanochat::document_features(text)));
  }
  CHECK(nanochat::document_features("\x7f \xc3\xa9")[4].item<double>() == 0.0);  // no punctuation
  CHECK(nanochat::document_features("a b c")[7].item<double>() == 3.0);          // no end of a sentence
}

TEST_CASE("quality_data.stats", "[filter_data]") {
  for (const auto& [N, F] : std::vector<std::pair<int64_t, int64_t>>{{2, 3}, {9, 4}, {4, 4}}) {
    const Tensor features = 3.0 * oracle::strided({N, F}) + 2.0;
    const FeatureStats stats = nanochat::feature_stats(features);
    CHECK_THAT(stats.mean, close_to(at::mean(features, {0})));
    CHECK_THAT(stats.std, close_to(at::std(features, 0, true)));
    const Tensor z = nanochat::standardise(features, stats);
    CHECK_THAT(z, close_to((features - at::mean(features, {0})) / at::std(features, 0, true)));
    CHECK_THAT(nanochat::standardise(features[1], stats), close_to(z[1]));
  }
  CHECK_THROWS_AS(nanochat::feature_stats(torch::zeros({1, 3})), c10::Error);
  CHECK_THROWS_AS(nanochat::feature_stats(torch::zeros({4})), c10::Error);
}

TEST_CASE("quality_data.stats_constant", "[filter_data]") {
  // Columns that are the same everywhere are 0, and others are untouched by that.
  Tensor features = oracle::normal({6, 4});
  features.select(1, 1).fill_(0.0);
  features.select(1, 2).fill_(0.1);  // not a sum of powers of two: its mean is off by rounding
  features.select(1, 3).mul_(1e-4);
  const FeatureStats stats = nanochat::feature_stats(features);
  const Tensor z = nanochat::standardise(features, stats);
  CHECK_THAT(z.slice(1, 1, 3), same_as(torch::zeros({6, 2}, torch::kFloat64)));
  CHECK(z.select(1, 3).std().item<double>() == Approx(1.0).epsilon(1e-9));
  const Tensor other = nanochat::standardise(oracle::normal({5, 4}), stats);
  CHECK_THAT(other.slice(1, 1, 3), same_as(torch::zeros({5, 2}, torch::kFloat64)));
}

TEST_CASE("quality_data.train_only", "[filter_data]") {
  // What the validation documents say has no influence on statistics or training examples.
  const auto split = nanochat::split_labelled(nanochat::generate_labelled_documents(120, 5), 3);
  const auto dataset = nanochat::make_dataset(split, kBytes, 40);
  REQUIRE(dataset.train.size() == split.train.size());
  REQUIRE(dataset.val.size() == split.val.size());
  std::vector<Tensor> rows;
  for (const LabelledDocument& document : split.train)
    rows.push_back(nanochat::document_features(document.text));
  const Tensor features = torch::stack(rows);
  CHECK_THAT(dataset.stats.mean, close_to(at::mean(features, {0})));
  CHECK_THAT(dataset.stats.std, close_to(at::std(features, 0, true)));

  auto other = split;
  for (LabelledDocument& document : other.val) document.text += " AND 1234567890!!!";
  const auto changed = nanochat::make_dataset(other, kBytes, 40);
  CHECK_THAT(changed.stats.mean, same_as(dataset.stats.mean));
  CHECK_THAT(changed.stats.std, same_as(dataset.stats.std));
  for (size_t i = 0; i < dataset.train.size(); ++i) {
    CHECK_THAT(changed.train[i].features, same_as(dataset.train[i].features));
  }
  for (size_t i = 0; i < dataset.val.size(); ++i) {
    const Tensor expected =
        (nanochat::document_features(split.val[i].text) - dataset.stats.mean) / dataset.stats.std;
    CHECK_THAT(dataset.val[i].features, close_to(expected.to(torch::kFloat32), 1e-6));
    CHECK(dataset.val[i].label == split.val[i].label);
  }
}

TEST_CASE("quality_data.truncate", "[filter_data]") {
  const FeatureStats stats{torch::zeros({8}, torch::kFloat64), torch::ones({8}, torch::kFloat64)};
  const int64_t bos = kBytes.bos_token_id();
  for (const int64_t max_len : {1, 4, 5, 6, 100}) {
    const Example made = nanochat::make_example({"abcd", 1}, kBytes, stats, max_len);
    Ids expected = {bos, 'a', 'b', 'c', 'd'};
    expected.resize(std::min<size_t>(expected.size(), static_cast<size_t>(max_len)));
    CHECK(made.tokens == expected);
    CHECK(made.label == 1);
    // The features are those of the whole text.
    CHECK_THAT(made.features, same_as(nanochat::document_features("abcd").to(torch::kFloat32)));
  }
  CHECK(nanochat::make_example({"", 0}, kBytes, stats, 9).tokens == Ids{bos});
}

TEST_CASE("quality_data.collate", "[filter_data]") {
  const std::vector<Example> some = {example(3, 2, 1), example(4, 5, 0), example(5, 1, 1)};
  const QualityBatch batch = nanochat::collate(some, 99);
  CHECK_THAT(
      batch.tokens,
      same_as(torch::tensor({{1, 13, 99, 99, 99}, {1, 14, 14, 14, 14}, {1, 99, 99, 99, 99}}, torch::kInt64)));
  CHECK_THAT(batch.mask.to(torch::kInt64),
             same_as(torch::tensor({{1, 1, 0, 0, 0}, {1, 1, 1, 1, 1}, {1, 0, 0, 0, 0}}, torch::kInt64)));
  CHECK(batch.mask.scalar_type() == torch::kBool);
  CHECK_THAT(batch.features, same_as(torch::tensor({{3.0f, 0.5f}, {4.0f, 0.5f}, {5.0f, 0.5f}})));
  CHECK_THAT(batch.labels, same_as(torch::tensor({1, 0, 1}, torch::kInt64)));
}

TEST_CASE("quality_data.noise", "[filter_data]") {
  // Half of the noise is lost tokens, half are replaced by any token; the first one stays.
  const int64_t V = 7;
  const size_t n = 20000;
  for (const double noise : {0.1, 0.5}) {
    nanochat::Rng rng(11);
    Ids tokens(n, 1000);
    tokens[0] = 500;
    const Ids noisy = nanochat::add_token_noise(tokens, noise, V, rng);
    REQUIRE_FALSE(noisy.empty());
    CHECK(noisy[0] == 500);
    const double lost = static_cast<double>(n - noisy.size()) / static_cast<double>(n);
    const double error = 6.0 * std::sqrt(noise / 2.0 / static_cast<double>(n));
    CHECK(std::abs(lost - noise / 2.0) < error);
    std::map<int64_t, double> count;
    for (const int64_t id : noisy) count[id] += 1.0 / static_cast<double>(n);
    CHECK(count.size() == 2 + static_cast<size_t>(V));
    for (int64_t id = 0; id < V; ++id) {
      CHECK(std::abs(count[id] - noise / 2.0 / static_cast<double>(V)) < error);
    }
    nanochat::Rng same(11), other(12);
    CHECK(nanochat::add_token_noise(tokens, noise, V, same) == noisy);
    CHECK(nanochat::add_token_noise(tokens, noise, V, other) != noisy);
  }
  nanochat::Rng rng(1);
  const Ids order = {9, 8, 7, 6, 5, 4, 3, 2, 1};
  CHECK(nanochat::add_token_noise(order, 0.0, V, rng) == order);
  const Ids all = nanochat::add_token_noise(Ids(200, 1000), 1.0, V, rng);
  CHECK(std::count(all.begin(), all.end(), 1000) == 1);
  CHECK(nanochat::add_token_noise({}, 0.5, V, rng).empty());
}

TEST_CASE("quality_data.train_batches", "[filter_data]") {
  const std::vector<Example> all = examples(23);
  nanochat::Rng rng(5);
  Ids first, second;
  for (Ids* order : {&first, &second}) {
    const auto batches = nanochat::train_batches(all, 4, 99, {.noise = 0.0, .vocab_size = 50}, rng);
    REQUIRE(batches.size() == 5);  // three are left over
    for (const QualityBatch& batch : batches) {
      REQUIRE(batch.tokens.size(0) == 4);
      const Ids found = numbers(batch);
      order->insert(order->end(), found.begin(), found.end());
      for (int64_t b = 0; b < 4; ++b) {
        const Example& original = all[static_cast<size_t>(found[static_cast<size_t>(b)])];
        CHECK(tokens_of(batch, b) == original.tokens);
        CHECK(batch.labels[b].item<int64_t>() == original.label);
      }
    }
    CHECK(std::set<int64_t>(order->begin(), order->end()).size() == 20);
    CHECK_FALSE(std::is_sorted(order->begin(), order->end()));
  }
  CHECK(first != second);
  nanochat::Rng again(5);
  const auto repeated = nanochat::train_batches(all, 4, 99, {.noise = 0.0, .vocab_size = 50}, again);
  CHECK(numbers(repeated[0]) == Ids(first.begin(), first.begin() + 4));
  // All there is makes one batch; a multiple leaves nothing over.
  CHECK(nanochat::train_batches(all, 40, 99, {.noise = 0.0, .vocab_size = 50}, rng).at(0).tokens.size(0) ==
        23);
  CHECK(nanochat::train_batches(examples(12), 4, 99, {.noise = 0.0, .vocab_size = 50}, rng).size() == 3);
}

TEST_CASE("quality_data.train_noise", "[filter_data]") {
  std::vector<Example> all;
  for (int64_t i = 0; i < 64; ++i) all.push_back(example(i, 40, i % 2));
  nanochat::Rng rng(6);
  int64_t changed = 0, kept = 0;
  for (const QualityBatch& batch :
       nanochat::train_batches(all, 16, 99, {.noise = 0.2, .vocab_size = 5}, rng)) {
    const Ids found = numbers(batch);
    for (int64_t b = 0; b < 16; ++b) {
      const int64_t original = 10 + found[static_cast<size_t>(b)];
      for (const int64_t id : tokens_of(batch, b)) (id == original ? kept : changed) += 1;
    }
  }
  const double share = static_cast<double>(changed - 64) / (64.0 * 39.0);  // 64 first tokens
  CHECK(share == Approx(0.1).margin(0.03));
  CHECK(static_cast<double>(kept) / (64.0 * 39.0) == Approx(0.8).margin(0.04));
  for (int64_t i = 0; i < 64; ++i) CHECK(all[static_cast<size_t>(i)].tokens == example(i, 40, 0).tokens);
}

TEST_CASE("quality_data.val_batches", "[filter_data]") {
  // Everything, in order, as it is, whenever it is asked for.
  const std::vector<Example> all = examples(11);
  for (const int64_t batch_size : {1, 4, 11, 20}) {
    const auto batches = nanochat::val_batches(all, batch_size, 99);
    size_t i = 0;
    for (const QualityBatch& batch : batches) {
      CHECK(batch.tokens.size(0) <= batch_size);
      for (int64_t b = 0; b < batch.tokens.size(0); ++b, ++i) {
        REQUIRE(i < all.size());
        CHECK(numbers(batch)[static_cast<size_t>(b)] == static_cast<int64_t>(i));
        CHECK(tokens_of(batch, b) == all[i].tokens);
        CHECK(batch.labels[b].item<int64_t>() == all[i].label);
      }
    }
    CHECK(i == all.size());
    CHECK(batches.size() == static_cast<size_t>((11 + batch_size - 1) / batch_size));
  }
}

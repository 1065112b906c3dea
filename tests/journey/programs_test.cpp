// programs: those of the reference tree as their users run them, each a process of its own, in an empty
// directory.
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <future>
#include <map>
#include <set>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;
using Catch::Contains;
using Words = std::vector<std::string>;

namespace {

const Words kPrograms = {"tok_train", "base_train",    "base_eval",       "chat_sft",  "chat_rl",
                         "chat_cli",  "quality_train", "attention_proof", "cuda_train"};

// A model that trains in no time.
const Words kSmall = {"--n-layer",   "2",   "--n-embd",        "32", "--n-head",     "4",
                      "--n-kv-head", "2",   "--sequence-len",  "16", "--vocab-size", "300",
                      "--documents", "100", "--sample-tokens", "0"};

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// An empty directory, and the programs run in it.
struct Directory {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-programs");
  ~Directory() { (void)remove_tree(path); }

  using Variables = std::map<std::string, std::string>;

  Command command(Words words, Variables environment, std::chrono::milliseconds limit) const {
    words.front() = NANOCHAT_BIN "/" + words.front();
    return {.argv = std::move(words),
            .directory = path,
            .environment = std::move(environment),
            .time_limit = limit};
  }

  Finished operator()(const Words& words, const Variables& environment = {},
                      std::chrono::milliseconds limit = std::chrono::minutes(10)) const {
    auto finished = run(command(words, environment, limit));
    REQUIRE(finished);
    return *finished;
  }

  // Every file below and what is in it.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) all[entry.path().lexically_relative(path)] = text_of(entry.path());
    return all;
  }
};

std::vector<std::string> printed(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<json> metrics(const fs::path& file) {
  std::vector<json> records;
  for (const std::string& line : printed(text_of(file))) records.push_back(json::parse(line));
  return records;
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

TEST_CASE("--help explains every option under a heading", "[programs-usage]") {
  const Directory here;
  for (const std::string& program : kPrograms) {
    INFO(program);
    const Finished help = here({program, "--help"});
    CHECK(help.exit_code == 0);
    CHECK(help.err.empty());
    const std::vector<std::string> lines = printed(help.out);
    REQUIRE(lines.size() > 5);
    CHECK(lines[0] == "usage: " + program + " [options]");
    bool under_a_heading = false;
    int options = 0;
    for (const std::string& line : lines) {
      INFO(line);
      if (line.ends_with(":")) under_a_heading = line.size() > 1;
      if (!line.starts_with("  --")) continue;
      ++options;
      CHECK(under_a_heading);
      // Two spaces, then what it is.
      const size_t gap = line.find("  ", 2);
      REQUIRE(gap != std::string::npos);
      CHECK(line.size() > line.find_first_not_of(' ', gap) + 8);
    }
    CHECK(options >= 5);
  }
  CHECK(here.files().empty());
}

TEST_CASE("bad input gets one sentence, and nothing is written", "[programs-usage]") {
  const Directory here;
  const auto put = [&](const std::string& name, const std::string& text) {
    REQUIRE(write_file(here.path / name, text));
  };
  put("empty.txt", "");
  put("latin1.txt", "a caf\xe9\n\nand another\n");
  put("single.txt", "one document alone");
  put("broken.jsonl", "{\"text\": \"good\"}\n{\"text\": 3}\n");
  put("talk.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"no answer\"}]}\n");
  put("story.txt", "A cat sat.\n\nA dog ran.\n\nA cat ran.\n");
  REQUIRE(here(Words{"base_train", "--steps", "2", "--out", "small.pt", "--quiet"} + kSmall).good());
  REQUIRE(here({"tok_train", "--documents", "100", "--vocab-size", "300", "--out", "tokens.json"}).good());
  const std::string checkpoint = text_of(here.path / "small.pt"), tokens = text_of(here.path / "tokens.json");
  put("cut.pt", checkpoint.substr(0, checkpoint.size() / 2));
  put("tail.pt", checkpoint.substr(0, checkpoint.size() - 1));
  put("cut.json", tokens.substr(0, tokens.size() / 2));
  std::string long_prompt;
  for (int i = 0; i < 400; ++i) long_prompt += "word ";

  struct Case {
    Words words;
    int exit;
    std::string says;
  };
  const Words small = Words{"base_train", "--steps", "2", "--out", "new.pt"} + kSmall;
  const std::vector<Case> cases = {
      {{"base_train", "--data", "nowhere.txt"}, 1, "cannot read nowhere.txt: No such file"},
      {{"base_train", "--data", "empty.txt"}, 1, "empty.txt holds no document"},
      {{"base_train", "--data", "latin1.txt"}, 1, "latin1.txt, line 1: not valid UTF-8"},
      {{"base_train", "--data", "broken.jsonl"}, 1, "broken.jsonl, line 2: "},
      {{"base_train", "--data", "single.txt"}, 1, "one document is not enough"},
      {{"base_train", "--data", "."}, 1, "."},
      {{"base_train", "--data", "story.txt", "--metrics", "story.txt"}, 2, "would be overwritten"},
      {{"base_train", "--stpes", "3"}, 2, "there is no option --stpes"},
      {{"base_train", "--steps"}, 2, "--steps needs a value"},
      {{"base_train", "--steps", "many"}, 2, "--steps needs a whole number, not 'many'"},
      {{"base_train", "--steps", "0"}, 2, "--steps must be at least 1, not 0"},
      {{"base_train", "--steps", "99999999999999999999"}, 2, "--steps needs a whole number"},
      {{"base_train", "--dropout", "nan"}, 2, "--dropout needs a number"},
      {{"base_train", "--dtype", "float8"}, 2, "float32, float64, float16 or bfloat16, not 'float8'"},
      {{"base_train", "extra"}, 2, "'extra' is not an option"},
      {{"base_train", "--n-head", "5"}, 2, "--n-head must be a multiple of --n-kv-head"},
      {{"base_train", "--warmup-ratio", "0.7", "--warmdown-ratio", "0.7"}, 2, "more than the whole run"},
      {small + Words{"--total-batch-size", "100"}, 2, "100 tokens is not a multiple of"},
      {small + Words{"--tokenizer", "cut.json"}, 1, "cut.json: not a tokenizer"},
      {small + Words{"--tokenizer", "story.txt"}, 1, "story.txt: not a tokenizer"},
      {small + Words{"--resume", "cut.pt"}, 1, "cut.pt: not a checkpoint, or only a part of one"},
      {small + Words{"--resume", "tail.pt"}, 1, "tail.pt: not a checkpoint, or only a part of one"},
      {small + Words{"--resume", "small.pt"}, 2, "is over after its 2 steps"},
      {small + Words{"--steps", "4", "--resume", "small.pt", "--n-layer", "3"}, 2, "--n-layer"},
      {small + Words{"--out", "story.txt/new.pt"}, 1, "story.txt"},
      {small + Words{"--metrics", "nowhere/m.jsonl"}, 1, "cannot write nowhere/m.jsonl"},
      {{"tok_train", "--vocab-size", "100"}, 1, "a vocabulary of 100 has no room"},
      {{"tok_train", "--data", "latin1.txt", "--out", "tokens.json"}, 1, "latin1.txt, line 1"},
      {{"base_eval"}, 1, "runs/base.pt"},
      {{"base_eval", "--model", "cut.pt"}, 1, "cut.pt: not a checkpoint"},
      {{"base_eval", "--model", "small.pt", "--tasks", "broken.jsonl"}, 1, "broken.jsonl, line 1"},
      {{"chat_sft"}, 1, "runs/base.pt"},
      {{"chat_sft", "--base", "small.pt", "--data", "broken.jsonl"}, 1, "broken.jsonl, line 1"},
      {{"chat_sft", "--base", "small.pt", "--data", "talk.jsonl"}, 1, "talk.jsonl"},
      {{"chat_sft", "--base", "small.pt", "--sequence-len", "4000"}, 2, "--sequence-len must be at most 160"},
      {{"chat_rl"}, 1, "there is no runs/sft.pt: run chat_sft first"},
      {{"chat_rl", "--base", "small.pt", "--data", "broken.jsonl"}, 1, "broken.jsonl, line 1"},
      {{"chat_rl", "--base", "small.pt", "--eval-questions", "9000"}, 2, "leaves none to learn"},
      {{"chat_rl", "--base", "small.pt", "--out=", "--save-every", "2"}, 2, "needs a file given with --out"},
      {{"chat_cli"}, 1, "there is no runs/sft.pt: run chat_sft first"},
      {{"chat_cli", "--model", "cut.pt", "--prompt", "hi"}, 1, "cut.pt: not a checkpoint"},
      {{"chat_cli", "--model", "small.pt", "--complete", long_prompt}, 1, "can read at most 160"},
      {{"chat_cli", "--model", "small.pt", "--prompt", long_prompt}, 1, "there is room for 32"},
      {{"chat_cli", "--model", "small.pt", "--prompt", "hi", "--max-tokens", "160"},
       2,
       "below the model's 160"},
      {{"chat_cli", "--model", "small.pt", "--prompt", "caf\xe9"}, 2, "--prompt is not valid UTF-8"},
      {{"chat_cli", "--model", "small.pt", "--prompt", "a", "--complete", "b"}, 2, "cannot both be given"},
      {{"chat_cli", "--model", "small.pt", "--prompt", "a", "--questions", "b"}, 2, "cannot be given with"},
      {{"chat_cli", "--model", "small.pt", "--questions", "nowhere.txt"}, 1, "cannot read nowhere.txt"},
      {{"chat_cli", "--temperature", "-1"}, 2, "--temperature must be at least 0"},
      {{"quality_train", "--base", "nowhere.pt"}, 1, "cannot read nowhere.pt"},
      {{"quality_train", "--data", "broken.jsonl"}, 1, "broken.jsonl, line 1"},
      {{"cuda_train", "--block-size", "48"}, 2, "--block-size must be a multiple of 32"},
      {{"cuda_train", "--n-embd", "30"}, 2, "--n-embd must be a multiple of twice --n-head"},
      {{"cuda_train", "--n-embd", "512"}, 2, "more than the 128 channels"},
      {{"cuda_train", "--vocab-size", "100"}, 1, "a vocabulary of 100 has no room"},
      {{"cuda_train", "--data", "latin1.txt", "--metrics", "m.jsonl"}, 1, "latin1.txt, line 1"},
      {{"cuda_train", "--steps", "1", "--metrics", "nowhere/m.jsonl"}, 1, "cannot write nowhere/m.jsonl"},
      {{"attention_proof", "--length", "0"}, 2, "--length must be at least 1"},
      {{"attention_proof", "--positions", "sinus"}, 2, "rotary or learned, not 'sinus'"},
  };
  const auto before = here.files();
  for (const Case& bad : cases) {
    INFO(fmt::format("{}", fmt::join(bad.words, " ")));
    const Finished answer = here(bad.words);
    CHECK(answer.exit_code == bad.exit);
    CHECK(answer.signal == 0);
    CHECK(answer.out.empty());
    CHECK_THAT(answer.err, Catch::StartsWith(bad.words.front() + ": ") && Contains(bad.says));
    CHECK(std::count(answer.err.begin(), answer.err.end(), '\n') == 1);
    CHECK(answer.err.size() < 300);
    CHECK(here.files() == before);
  }

  // What a launcher says may be wrong too.
  const Finished alone = here(small, {{"RANK", "0"}});
  CHECK(alone.exit_code == 2);
  CHECK_THAT(alone.err, Contains("but not WORLD_SIZE"));
  const Finished rank = here(small, {{"RANK", "2"}, {"WORLD_SIZE", "2"}, {"LOCAL_RANK", "0"}});
  CHECK(rank.exit_code == 2);
  CHECK_THAT(rank.err, Contains("RANK must be a whole number from 0 to 1, not '2'"));
  CHECK(here.files() == before);
}

TEST_CASE("tok_train makes a tokenizer that base_train takes", "[programs-usage]") {
  const Directory here;
  const std::string text = "a cat, a hat\n\na cat, a mat\n\na cat, a bat\n";
  REQUIRE(write_file(here.path / "cats.txt", text));
  const Finished made = here({"tok_train", "--data", "cats.txt", "--vocab-size", "267", "--show", "2"});
  REQUIRE(made.good());
  const std::vector<std::string> lines = printed(made.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "vocabulary: 267 ids (256 bytes, 2 merges, 9 special tokens)");
  // " a" and "at" are the pairs that are there most often.
  CHECK(std::set<std::string>{lines[2], lines[3]} ==
        std::set<std::string>{"first merges: [at] [ a]", "last merges: [at] [ a]"});
  const Finished trained =
      here(Words{"base_train", "--tokenizer", "runs/tokenizer.json", "--steps", "1"} + kSmall);
  CHECK(trained.good());
  CHECK_THAT(trained.err, Contains("vocabulary 267,"));
}

TEST_CASE("two ranks equal one with twice the batch", "[programs-ranks]") {
  const Words common =
      Words{"base_train", "--steps",     "10",  "--eval-every",   "5",   "--dtype", "float64", "--metrics",
            "run.jsonl",  "--grad-clip", "0.5", "--weight-decay", "0.1", "--quiet"} +
      kSmall;
  const Directory one, ranks[2];
  REQUIRE(one(common + Words{"--batch-size", "8"}).good());
  const std::string port = std::to_string(free_port());
  std::vector<std::future<Result<Finished>>> running;  // Catch2's checks are for this thread alone
  for (int rank = 0; rank < 2; ++rank) {
    const Directory::Variables variables = {{"RANK", std::to_string(rank)},
                                            {"LOCAL_RANK", std::to_string(rank)},
                                            {"WORLD_SIZE", "2"},
                                            {"MASTER_ADDR", "127.0.0.1"},
                                            {"MASTER_PORT", port}};
    const Command command =
        ranks[rank].command(common + Words{"--batch-size", "4"}, variables, std::chrono::minutes(10));
    running.push_back(std::async(std::launch::async, [command] { return run(command); }));
  }
  for (auto& rank : running) {
    const auto finished = rank.get();
    REQUIRE(finished);
    INFO(finished->err);
    CHECK(finished->good());
  }
  const auto expected = metrics(one.path / "run.jsonl"), found = metrics(ranks[0].path / "run.jsonl");
  REQUIRE(expected.size() == 10);
  REQUIRE(found.size() == 10);
  for (size_t step = 0; step < 10; ++step) {
    CAPTURE(step);
    for (const char* key : {"step", "loss", "grad_norm", "lr", "tokens", "val_loss", "val_bpb"}) {
      CAPTURE(key);
      REQUIRE(found[step].contains(key) == expected[step].contains(key));
      if (!expected[step].contains(key)) continue;
      // The sums are the same and their order is not.
      CHECK(found[step][key].get<double>() ==
            Approx(expected[step][key].get<double>()).epsilon(1e-13).scale(0));
    }
  }
  CHECK(ranks[0].files().contains("runs/base.pt"));
  CHECK(ranks[1].files().empty());
}

TEST_CASE("killed again and again, a run ends with the same checkpoint", "[programs-resume]") {
  const Words common =
      Words{"base_train", "--steps", "40",      "--save-every", "1",      "--dropout",    "0.2",
            "--dtype",    "float64", "--quiet", "--out",        "run.pt", "--eval-every", "10"} +
      kSmall;
  const Directory whole, broken;
  REQUIRE(whole(common).good());
  const auto file = broken.path / "run.pt";
  std::chrono::milliseconds patience(100);
  int killed = 0;
  std::string before;
  for (;;) {
    REQUIRE(patience < std::chrono::minutes(5));
    const Words resume = fs::exists(file) ? Words{"--resume", "run.pt"} : Words{};
    const Finished finished = broken(common + resume, {}, patience);
    INFO(finished.err);
    // Killed after its last step it has nothing left to do.
    if (finished.good() || finished.err.find("is over after its 40 steps") != std::string::npos) break;
    REQUIRE(finished.timed_out);  // killed, and not: a checkpoint that cannot be read
    ++killed;
    // A slow machine needs longer to take one step.
    const std::string now = fs::exists(file) ? text_of(file) : "";
    if (now == before) patience += patience / 4;
    before = now;
  }
  CHECK(killed > 1);
  CHECK(text_of(file) == text_of(whole.path / "run.pt"));
}

TEST_CASE("attention reverses sequences", "[programs-attention]") {
  const Directory here;
  const Finished proof = here({"attention_proof", "--quiet", "--metrics", "run.jsonl"});
  INFO(proof.err << proof.out);
  CHECK(proof.exit_code == 0);
  double accuracy = 0;
  for (const json& record : metrics(here.path / "run.jsonl"))
    if (record.contains("accuracy")) accuracy = record["accuracy"];
  CHECK(accuracy >= 0.95);

  // A step is not enough, and it says so.
  const Finished early = here({"attention_proof", "--quiet", "--steps", "1"});
  CHECK(early.exit_code == 1);
  CHECK(early.err.find("usage") == std::string::npos);

  const Finished checks = here({"attention_proof", "--checks"});
  CHECK(checks.exit_code == 0);
  CHECK(printed(checks.out).size() > 10);
}

TEST_CASE("the tour: pretraining, evaluation, fine-tuning, a chat that calculates", "[programs-tour]") {
  const Directory here;
  const Finished base = here({"base_train", "--metrics", "base.jsonl"});
  INFO(base.err);
  REQUIRE(base.good());
  const auto curve = metrics(here.path / "base.jsonl");
  REQUIRE(curve.size() == 400);
  // A model that has learnt nothing pays ln V a token.
  CHECK(curve.front()["loss"].get<double>() == Approx(std::log(512)).epsilon(0.01));
  CHECK(curve.back()["val_loss"].get<double>() < 1.0);

  // On the same batches, the model that comes back from the disk is the one that went there.
  const Finished evaluation = here({"base_eval", "--eval-steps", "8", "--metrics", "eval.jsonl"});
  INFO(evaluation.out << evaluation.err);
  REQUIRE(evaluation.good());
  const json summary = metrics(here.path / "eval.jsonl").back();
  CHECK(summary["val_loss"].get<double>() == curve.back()["val_loss"].get<double>());
  CHECK(summary["val_bpb"].get<double>() == curve.back()["val_bpb"].get<double>());

  REQUIRE(here({"chat_sft", "--quiet"}).good());
  int right = 0;
  std::string answers;
  for (const auto& [a, b] : std::vector<std::pair<int, int>>{
           {17, 25}, {3, 4}, {8, 61}, {44, 12}, {30, 9}, {70, 21}, {5, 5}, {62, 33}, {11, 80}, {90, 7}}) {
    const Finished answer =
        here({"chat_cli", "--temperature", "0", "--prompt", fmt::format("What is {} + {}?", a, b)});
    CHECK(answer.good());
    answers += answer.out;
    right += answer.out.find(fmt::format("[{}+{} = {}]", a, b, a + b)) != std::string::npos;
  }
  INFO(answers);
  CHECK(right >= 7);

  // Lines in, answers out: one that is too long is refused and the chat goes on; after quit nobody answers.
  REQUIRE(write_file(here.path / "lines", "What is 17 + 25?\n\n  \n" + std::string(4000, 'x') +
                                              "\nclear\r\nWhat is 3 + 4?\nquit\nWhat is 5 + 5?\n"));
  const auto chat = run({.argv = {NANOCHAT_BIN "/chat_cli", "--temperature", "0"},
                         .directory = here.path,
                         .input = here.path / "lines"});
  REQUIRE(chat);
  INFO(chat->out << chat->err);
  CHECK(chat->good());
  CHECK(printed(chat->out).size() == 2);
  CHECK_THAT(chat->out, Contains("[17+25 = 42]") && Contains("[3+4 = 7]"));
  CHECK_THAT(chat->err, Catch::StartsWith("chat_cli: the message has "));
  CHECK(printed(chat->err).size() == 1);

  const Finished quality = here({"quality_train", "--quiet"});
  INFO(quality.out << quality.err);
  CHECK(quality.good());
}

// evidence: what is cut out of a run, when it tells, which piece a question asks for, and how it is shown.
#include "mutator/coach/evidence.h"

#include <cmath>
#include <limits>

#include "mutator/coach/question.h"
#include "mutator/coach/tally.h"
#include "mutator/grade/evidence.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using grade::Piece;
using From = catalog::Evidence::From;

namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();

catalog::Evidence of_run(const std::string& id, const std::string& series, const std::string& words = "x",
                         std::vector<std::string> synonyms = {}, int minutes = 1) {
  return {id, words, std::move(synonyms), minutes, From::run, series, ""};
}

Piece numbers(std::vector<std::string> parts, std::vector<std::vector<double>> values) {
  Piece piece{.id = "x"};
  for (size_t i = 0; i < values.front().size(); ++i) piece.steps.push_back(static_cast<int>(i));
  piece.parts = std::move(parts), piece.numbers = std::move(values);
  return piece;
}

Piece text(const std::string& words) {
  return {.id = "x", .words = {{0, "", words}}};
}

const std::vector<catalog::Evidence> kKnown = {
    of_run("loss", "loss", "the loss, step by step", {"training loss", "loss curve"}, 0),
    of_run("lr", "lr", "the learning rate", {"learning rate", "schedule"}, 0),
    of_run("grad-norm", "grad_norm", "the norm of all gradients", {"gradient norm", "global gradient norm"}),
    of_run("grad-norm-parts", "grad_norm/*", "the gradient norm of each parameter",
           {"gradient norm per layer", "gradients per layer", "vanishing gradients"}, 2),
    of_run("val-loss", "val_loss", "the loss on held-out data", {"validation loss", "eval loss"}),
    of_run("attention-entropy", "attention_entropy/*", "the entropy of the attention weights of each head",
           {"entropy per head"}, 2),
    of_run("attention-pattern", "attention/*", "the attention weights as a picture",
           {"attention map", "attention heat map", "causal mask"}, 2),
    of_run("memory", "memory_mb", "the memory that tensors hold", {"gpu memory", "memory use"}),
    {"tests", "what the unit tests find wrong", {"unit tests", "failing tests"}, 4, From::tests, "", ""},
    {"clean", "a run that is right, beside it", {"baseline", "reference run"}, 3, From::clean, "", ""},
    {"code", "the checkout", {"source code", "repository"}, 5, From::checkout, "", ""},
    of_run("lr-groups", "lr/*", "the learning rate of each group", {"learning rate per group"}),
    of_run("logits", "logits/*", "mean, largest and spread of the logits", {"max logit"}),
    of_run("rank-loss", "rank_loss/*", "the loss on each rank", {"loss per rank", "loss per worker"}, 2),
    of_run("momentum", "momentum/*", "the momentum of each group that has one; .mlp is the MLP's")};

Piece with_parts(const std::string& id, const std::vector<std::string>& parts) {
  Piece piece = numbers(parts, std::vector<std::vector<double>>(parts.size(), {1, 2}));
  piece.id = id;
  return piece;
}

// What a run of three layers with four heads tells.
const grade::Evidence kTold = [] {
  grade::Evidence told;
  for (const char* id : {"loss", "lr", "grad-norm", "val-loss", "memory"})
    told.own.push_back(with_parts(id, {""}));
  std::vector<std::string> weights = {"wte.weight"}, heads;
  Piece map{.id = "attention-pattern"};
  for (const char* layer : {"h0", "h1", "h2"}) {
    for (const char* part : {".attn.c_q.weight", ".attn.c_k.weight", ".mlp.c_fc.weight"})
      weights.push_back(std::string(layer) + part);
    for (const char* head : {".0", ".1", ".2", ".3"}) heads.push_back(std::string(layer) + head);
    map.tables.push_back({10, layer, {{1}}});
  }
  weights.push_back("lm_head.weight");
  told.own.push_back(with_parts("grad-norm-parts", weights));
  told.own.push_back(with_parts("attention-entropy", heads));
  told.own.push_back(map);
  told.own.push_back(with_parts("lr-groups", {"head", "embedding", "matrix"}));
  told.own.push_back(with_parts("logits", {"mean", "largest", "spread"}));
  told.own.push_back(with_parts("rank-loss", {"0", "1"}));
  told.own.push_back(with_parts("momentum", {"matrix"}));
  told.own.push_back({.id = "tests", .words = {{0, "", "x"}}});
  return told;
}();

// The evidence and the parts of it; what it could be; or why nothing is charged.
std::string understood(const std::string& question, const grade::Evidence& told = kTold) {
  const auto there = coach::there_is(kKnown, told);
  const auto request = coach::requested(kKnown, there, told, question);
  std::string words = request.of_clean ? "clean: " : "";
  if (!request.missing.empty()) return request.missing;
  if (!request.evidence) return "?";
  words += request.evidence->id;
  for (const std::string& part : request.parts) words += ' ' + part;
  return words;
}

std::string asked_for(const std::string& question) {
  const auto there = coach::there_is(kKnown, kTold);
  const auto request = coach::requested(kKnown, there, kTold, question);
  if (request.evidence) return request.evidence->id;
  std::string could_be = "?";
  for (const catalog::Evidence* one : request.could_be) could_be += ' ' + one->id;
  return could_be;
}

}  // namespace

TEST_CASE("pieces are cut out of records and diagnostics", "[grade][evidence]") {
  workshop::RunReport report;
  report.records = {{{"step", 0}, {"loss", 3.5}}, {{"step", 2}, {"loss", kNan}, {"val_loss", 1}}};
  report.finished.out = "Once.\n";
  const std::string diagnostics =
      R"({"step":0,"grad_norm/h0.c_q":1.5,"grad_norm/h1.c_q":"inf","batch/inputs":"a b","attention/h0":[[1,0],["nan",0.5]]}
no JSON
{"step":"x","grad_norm/h0.c_q":9}
{"step":10,"grad_norm/h0.c_q":2,"loss":7,"attention/h0":[[0.25]]}
)";
  const std::vector<catalog::Evidence> wanted = {of_run("loss", "loss"),
                                                 of_run("val", "val_loss"),
                                                 of_run("grads", "grad_norm/*"),
                                                 of_run("batch", "batch/*"),
                                                 of_run("none", "nothing"),
                                                 of_run("map", "attention/*"),
                                                 {"output", "x", {}, 0, From::output, "", ""}};
  const auto pieces = grade::pieces_of(wanted, report, diagnostics);
  REQUIRE(pieces.size() == 6);
  CHECK(pieces[0].id == "loss");
  CHECK(pieces[0].steps == std::vector<int>{0, 2});  // the records have it: no second time
  CHECK(pieces[0].numbers[0][0] == 3.5);
  CHECK(std::isnan(pieces[0].numbers[0][1]));
  CHECK(pieces[1].steps == std::vector<int>{2});
  CHECK(pieces[2].parts == std::vector<std::string>{"h0.c_q", "h1.c_q"});
  CHECK(pieces[2].steps == std::vector<int>{0, 10});
  CHECK(pieces[2].numbers[0] == std::vector<double>{1.5, 2});
  CHECK(pieces[2].numbers[1][0] == kInf);
  CHECK(std::isnan(pieces[2].numbers[1][1]));
  CHECK(pieces[3].words == std::vector<Piece::Words>{{0, "inputs", "a b"}});
  REQUIRE(pieces[4].tables.size() == 1);  // the last step's
  CHECK(pieces[4].tables[0] == Piece::Table{10, "h0", {{0.25}}});
  CHECK(pieces[5].words == std::vector<Piece::Words>{{0, "", "Once.\n"}});
}

TEST_CASE("a run that ends badly says how", "[grade][evidence]") {
  workshop::RunReport report;
  report.finished.exit_code = 3;
  report.finished.err = "no such file\nsecond line\n";
  const auto pieces = grade::pieces_of({{"output", "x", {}, 0, From::output, "", ""}}, report, "");
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].words.back().text == "The run ends with exit code 3: no such file");
}

TEST_CASE("of words the first steps are kept, and the last", "[grade][evidence]") {
  std::string lines;
  for (int step = 0; step < 9; ++step)
    lines += "{\"step\":" + std::to_string(step) + ",\"saved\":\"at " + std::to_string(step) + "\"}\n";
  const auto pieces = grade::pieces_of({of_run("saved", "saved")}, {}, lines);
  std::vector<int> steps;
  for (const Piece::Words& one : pieces.at(0).words) steps.push_back(one.step);
  CHECK(steps == std::vector<int>{0, 1, 2, 8});
}

TEST_CASE("evidence comes back from its bytes to the bit, and not from others", "[grade][evidence]") {
  grade::Evidence evidence{{numbers({"a", "b"}, {{1, 0.1}, {-kInf, 3}}), text("caf\u00e9 \xff")}, {}, {"x"}};
  evidence.own[0].tables = {{4, "h0", {{1, 2}, {3, 4}}}};
  const std::string bytes = evidence.bytes();
  const auto back = grade::Evidence::of_bytes(bytes);
  REQUIRE(back);
  CHECK(*back == evidence);
  for (size_t length = 0; length < bytes.size(); length += 7)
    CHECK_FALSE(grade::Evidence::of_bytes(bytes.substr(0, length)));
}

TEST_CASE("numbers tell by more than two clean runs part", "[grade][evidence]") {
  const Piece clean = numbers({"a", "b"}, {{1, 2, 4}, {1, 1, 1}}),
              other = numbers({"a", "b"}, {{1.1, 2.2, 4.4}, {1, 1, 1}});
  CHECK_FALSE(grade::tells(clean, clean, other));
  CHECK_FALSE(grade::tells(numbers({"a", "b"}, {{1.1, 2.2, 4.4}, {1, 1, 1}}), clean, other));
  CHECK(grade::tells(numbers({"a", "b"}, {{2, 4, 8}, {1, 1, 1}}), clean, other));
  // The second part does not hang on the seed: whatever is seen there is the bug's.
  CHECK(grade::tells(numbers({"a", "b"}, {{1, 2, 4}, {1, 1, 1.01}}), clean, other));
  CHECK_FALSE(grade::tells(numbers({"a", "b"}, {{1, 2, 4}, {1, 1, 1 + 1e-9}}), clean, other));
  CHECK(grade::tells(numbers({"a", "b"}, {{1, kNan, 4}, {1, 1, 1}}), clean, other));
  CHECK(grade::tells(numbers({"a"}, {{1, 2, 4}}), clean, other));      // a part is missing
  CHECK(grade::tells(numbers({"a", "b"}, {{1}, {1}}), clean, other));  // it ended early
  const Piece nans = numbers({"a"}, {{1, kNan}});
  CHECK_FALSE(grade::tells(nans, nans, nans));
}

TEST_CASE("a series that falls towards zero tells, though chance doubles what is left", "[grade][evidence]") {
  const Piece clean = numbers({""}, {{3, 2, 1, 0.01, 0.0001, 0.01, 0.0001}}),
              other = numbers({""}, {{3, 2, 1, 0.0001, 0.01, 0.0001, 0.01}});
  CHECK(grade::tells(numbers({""}, {{3, 3, 3, 3, 3, 3, 3}}), clean, other));
  CHECK_FALSE(grade::tells(other, clean, other));
  // As far off as chance, and a little more than half of it again.
  CHECK_FALSE(grade::tells(numbers({""}, {{3, 2, 1, 0.01, 0.0001, 0.0001, 0.01}}), clean, other));
}

TEST_CASE("words tell by what they are made of", "[grade][evidence]") {
  const Piece clean = text("the cat sat on the mat by the mill"),
              other = text("the dog ran to the red mill and on");
  CHECK_FALSE(grade::tells(clean, clean, other));
  CHECK(grade::tells(text("the the the the the the the the the"), clean, clean));
  CHECK(grade::tells(text("zq xx 88 @@ the"), clean, text("the cat sat on the mat by a mill")));
  CHECK(grade::tells(text(""), clean, other));
}

TEST_CASE("a question finds its evidence in any words", "[coach][evidence]") {
  CHECK(asked_for("grad-norm") == "grad-norm");
  CHECK(asked_for("gradient norm") == "grad-norm");
  CHECK(asked_for("Show me the gradient norm, please!") == "grad-norm");
  CHECK(asked_for("gradient norm per layer") == "grad-norm-parts");
  CHECK(asked_for("gradeint nrom per layer") == "grad-norm-parts");
  CHECK(asked_for("validation loss?") == "val-loss");
  CHECK(asked_for("can I see the attention heat map of layer 1") == "attention-pattern");
  CHECK(asked_for("entropy") == "attention-entropy");
  CHECK(asked_for("GPU memory") == "memory");
  CHECK(asked_for("what do the unit tests say") == "tests");
  CHECK(asked_for("a reference run") == "clean");
  CHECK(asked_for("the source code") == "code");
}

TEST_CASE("what is not clear is not charged for", "[coach][evidence]") {
  CHECK(asked_for("attention").starts_with("? attention"));
  CHECK(asked_for("losses of the discriminator and its generator").starts_with("?"));
  for (const char* strange : {"", "?!", "the", "Wetter", "zq xj wv", "show me", "42"}) {
    INFO(strange);
    CHECK(asked_for(strange) == "?");
  }
  std::string all;
  for (const catalog::Evidence& one : kKnown) all += one.words + ' ';
  CHECK(asked_for(all).starts_with("?"));
}

TEST_CASE("a named part is one of the evidence that has parts", "[coach][evidence]") {
  CHECK(understood("gradient norm") == "grad-norm");
  CHECK(understood("gradient norm of the mlp") ==
        "grad-norm-parts h0.mlp.c_fc.weight h1.mlp.c_fc.weight h2.mlp.c_fc.weight");
  CHECK(understood("gradients of h1") ==
        "grad-norm-parts h1.attn.c_q.weight h1.attn.c_k.weight h1.mlp.c_fc.weight");
  CHECK(understood("the mlp of h1: its gradient norm") == "grad-norm-parts h1.mlp.c_fc.weight");
  CHECK(understood("gradient norm of the lm_head") == "grad-norm-parts lm_head.weight");
  CHECK(understood("gradient norm of the LM head") == "grad-norm-parts lm_head.weight");
  CHECK(understood("gradients of the attention in layer 0") ==
        "grad-norm-parts h0.attn.c_q.weight h0.attn.c_k.weight");
  CHECK(understood("gradient norm of attn c_q in layers 0 and 2") ==
        "grad-norm-parts h0.attn.c_q.weight h2.attn.c_q.weight");
  CHECK(understood("gradient norm of c_q and c_k in the last layer") ==
        "grad-norm-parts h2.attn.c_q.weight h2.attn.c_k.weight");
  CHECK(understood("learning rate of the embedding") == "lr-groups embedding");
  CHECK(understood("gradient norm of the mlp in layer 0 and layer 2") ==
        "grad-norm-parts h0.mlp.c_fc.weight h2.mlp.c_fc.weight");
  CHECK(understood("loss of rank 1") == "rank-loss 1");
  CHECK(understood("loss on rank1") == "rank-loss 1");
}

TEST_CASE("a number is a layer's, a head's or a rank's, as the question says", "[coach][evidence]") {
  CHECK(understood("attention entropy of layer 1") == "attention-entropy h1.0 h1.1 h1.2 h1.3");
  CHECK(understood("attention entropy of layer 0") == "attention-entropy h0.0 h0.1 h0.2 h0.3");
  CHECK(understood("attention entropy of head 1") == "attention-entropy h0.1 h1.1 h2.1");
  CHECK(understood("attention entropy of layer 2, head 3") == "attention-entropy h2.3");
  CHECK(understood("attention map of layer 1") == "attention-pattern h1");
  CHECK(understood("attention map 2") == "attention-pattern h2");
  // Times and counts name no part: all is shown.
  CHECK(understood("the loss at step 10") == "loss");
  CHECK(understood("the attention entropy of all 4 heads") == "attention-entropy");
  CHECK(understood("attention entropy in the first 20 steps") == "attention-entropy");
}

TEST_CASE("a part that is not there costs nothing", "[coach][evidence]") {
  CHECK(understood("gradient norm of layer 7") ==
        "There is no layer 7 in grad-norm-parts; there are h0, h1, h2.");
  CHECK(understood("gradients of h7") ==
        "There is no h7 in grad-norm-parts; there are wte, h0, h1, h2, lm_head.");
  CHECK(understood("attention map of layer 9") ==
        "There is no layer 9 in attention-pattern; there are h0, h1, h2.");
  CHECK(understood("attention map of layer 1 head 9") ==
        "There is no head 9 in attention-pattern; there are h0, h1, h2.");
  CHECK(understood("attention weights of layer 0, head 1") ==
        "There is no head 1 in attention-pattern; there are h0, h1, h2.");
  CHECK(understood("entropy of head 5") == "There is no head 5 in attention-entropy; there are 0, 1, 2, 3.");
  CHECK(understood("grad norm of rank 1") ==
        "There is no rank 1 in grad-norm-parts; there are wte, h0, h1, h2, lm_head.");
  CHECK(understood("validation loss of the mlp") == "val-loss has no parts, so no 'mlp'.");
  CHECK(understood("momentum of the embedding") == "There is no 'embedding' in momentum; there is matrix.");
  CHECK(understood("Adam betas") == "?");
  CHECK(understood("gradient norm of each head") ==
        "There is no 'head' in grad-norm-parts; there are wte, h0, h1, h2, lm_head.");
  CHECK(understood("mean gradient norm") == "grad-norm");  // no part: of the logits alone
}

TEST_CASE("words of a name name a part only where they are not the name", "[coach][evidence]") {
  CHECK(understood("mean, largest and spread of the logits") == "logits");
  CHECK(understood("max logit") == "logits");
  CHECK(understood("the largest logit") == "logits largest");
}

TEST_CASE("the clean tree's is not the bug's", "[coach][evidence]") {
  CHECK(understood("loss curve of the clean run") == "clean: loss");
  CHECK(understood("validation loss, healthy") == "clean: val-loss");
  CHECK(understood("gradient norm of h1 of the reference") ==
        "clean: grad-norm-parts h1.attn.c_q.weight h1.attn.c_k.weight h1.mlp.c_fc.weight");
  CHECK(understood("a reference run") == "clean");
  CHECK(understood("baseline") == "clean");
}

TEST_CASE("what only another run tells is not read as something near", "[coach][evidence]") {
  grade::Evidence chat;
  chat.own = {{.id = "tests", .words = {{0, "", "x"}}}};
  CHECK(understood("attention map", chat) == "This run does not tell the attention weights as a picture.");
  CHECK(understood("unit tests", chat) == "tests");
  CHECK(understood("GPU memory", chat) == "This run does not tell the memory that tensors hold.");
}

TEST_CASE("pieces are shown in a width, finite or not", "[coach][evidence]") {
  std::vector<double> falling;
  for (int i = 0; i < 60; ++i) falling.push_back(6.0 - i / 10.0);
  falling[59] = kNan;
  const Piece piece = numbers({""}, {falling});
  for (const size_t width : {size_t{30}, size_t{80}, size_t{200}}) {
    const std::string shown = coach::shown(kKnown[0], piece, nullptr, {}, width);
    INFO(shown);
    CHECK(shown.starts_with("The loss, step by step:\n"));
    CHECK(shown.find("step     0          6") != std::string::npos);
    CHECK(shown.find("step    59        nan\n") != std::string::npos);
    CHECK(std::count(shown.begin(), shown.end(), '\n') == 13);  // twelve rows
    if (width >= 80)
      for (size_t at = 0, next; (next = shown.find('\n', at)) != std::string::npos; at = next + 1)
        CHECK(next - at <= width);
  }
  Piece other = piece;
  other.numbers[0][1] = 5.8;
  CHECK(coach::shown(kKnown[0], piece, &other, {}, 80).find("6   clean         6") != std::string::npos);

  const Piece parts = numbers({"h0", "h1"}, {{1, 2, 3}, {kInf, 5, 6}});
  const std::string grid = coach::shown(kKnown[3], parts, nullptr, {}, 80);
  CHECK(grid ==
        "The gradient norm of each parameter:\n"
        "           step 0     step 1     step 2\n"
        "  h0            1          2          3\n"
        "  h1          inf          5          6\n");
  CHECK(coach::shown(kKnown[3], parts, nullptr, {"h1"}, 80).find("h0") == std::string::npos);

  Piece picture{.id = "attention-pattern"};
  picture.tables = {{10, "h0", {{1, 0}, {0.5, 0.5}}}, {10, "h1", {{1, 0}, {0, 1}}}};
  CHECK(coach::shown(kKnown[6], picture, nullptr, {}, 80) ==
        "The attention weights as a picture:\n"
        "  h0, step 10: rows attend to columns; '@' is 1, ' ' is 0\n"
        "    0 |@ \n"
        "    1 |++\n"
        "  There is one for h1 too; name it to see it.\n");
  CHECK(coach::shown(kKnown[8], Piece{.id = "tests"}, nullptr, {}, 80) ==
        "What the unit tests find wrong:\n  nothing\n");
}

TEST_CASE("what the clean tree has to the last digit is not shown twice", "[coach][evidence]") {
  Piece piece = numbers({"h0", "h1"}, {{1, 2, kNan}, {kInf, 5, 6}});
  piece.words = {{0, "", "a line"}};
  piece.tables = {{2, "h0", {{1, kNan}, {0.5, 0.5}}}};
  const std::string alone = coach::shown(kKnown[3], piece, nullptr, {}, 80);
  const auto beside = [&](const Piece& clean) { return coach::shown(kKnown[3], piece, &clean, {}, 80); };
  CHECK(coach::same(piece, piece));
  CHECK(beside(piece) == alone + "The clean tree's is the same.\n");
  std::vector<Piece> others(9, piece);
  others[0].numbers[0][0] = std::nextafter(1.0, 2.0);
  others[1].numbers[0][2] = 0;
  others[2].numbers[1][0] = -kInf;
  others[3].numbers.pop_back(), others[3].parts.pop_back();
  others[4].steps[2] = 3;
  others[5].parts[1] = "h2";
  others[6].words[0].text = "another line";
  others[7].tables[0].rows[0][1] = 0;
  others[8].tables.clear();
  for (const Piece& other : others) {
    CHECK_FALSE(coach::same(piece, other));
    CHECK_FALSE(coach::same(other, piece));
    CHECK(beside(other) != alone + "The clean tree's is the same.\n");
  }
}

TEST_CASE("the clean column says of which step it is, and has what only the clean tree has",
          "[coach][evidence]") {
  const Piece own = numbers({"h0", "h2"}, {{1, 2, 3}, {kNan, 5, 6}}),
              clean = numbers({"h0", "h1", "h2"}, {{1, 2, 4}, {7, 7, 7}, {kNan, 5, 6}});
  CHECK(coach::shown(kKnown[3], own, &clean, {}, 80) ==
        "The gradient norm of each parameter:\n"
        "           step 0     step 1     step 2  clean at 2\n"
        "  h0            1          2          3           4\n"
        "  h1            -          -          -           7\n"
        "  h2            -          5          6           6\n");
  // No step gives way to the clean one's.
  std::vector<double> values;
  for (int i = 0; i < 5; ++i) values.push_back(0.013'86 + i / 10.0);
  const Piece wide = numbers({"h0.attn.c_proj.weight", "wte"}, {values, values}),
              other = numbers({"h0.attn.c_proj.weight", "wte"}, {{1, 2, 3, 4, 5}, values});
  const std::string beside = coach::shown(kKnown[3], wide, &other, {}, 80);
  INFO(beside);
  for (const char* column : {"step 0", "step 1", "step 2", "step 3", "step 4", "clean at 4"})
    CHECK(beside.find(column) != std::string::npos);
}

TEST_CASE("no line of a piece is wider than it may be, beside a clean one too", "[coach][evidence]") {
  std::vector<double> falling, rising;
  for (int i = 0; i < 140; ++i) falling.push_back(-1e5 / (i + 1)), rising.push_back(i * 1.234e-5);
  Piece curve = numbers({""}, {falling}), clean = numbers({""}, {rising});
  Piece grid = numbers({"h0.attn.c_proj.weight", "b"}, {falling, rising});
  Piece other = grid;
  other.numbers[0][3] = 1;
  Piece words = text(std::string(30, 'x') +
                     " the cat sat on the mat and went to the mill by the river, and back\nshort");
  for (const size_t width : {size_t{60}, size_t{80}})
    for (const std::string& shown :
         {coach::shown(kKnown[0], curve, &clean, {}, width),
          coach::shown(kKnown[0], clean, &curve, {}, width), coach::shown(kKnown[3], grid, &other, {}, width),
          coach::shown(kKnown[3], words, nullptr, {}, width)}) {
      INFO(shown);
      for (size_t at = 0, next; (next = shown.find('\n', at)) != std::string::npos; at = next + 1)
        CHECK(next - at <= width);
    }
}

TEST_CASE("a bar begins at zero, and whole numbers are whole", "[coach][evidence]") {
  const std::string near = coach::shown(kKnown[0], numbers({""}, {{0.85, 0.8667}}), nullptr, {}, 80);
  CHECK(near.find("0.85  #######################################\n") != std::string::npos);
  const std::string below = coach::shown(kKnown[0], numbers({""}, {{-2, 2}}), nullptr, {}, 80);
  CHECK(below.find("-2\n") != std::string::npos);
  CHECK(below.find("The bars begin at -2.") != std::string::npos);
  CHECK(coach::shown(kKnown[0], numbers({""}, {{65536, 30720}}), nullptr, {}, 80).find("  65536  ") !=
        std::string::npos);
}

TEST_CASE("what was printed keeps its lines, and says at which step it was", "[coach][evidence]") {
  Piece piece{.id = "x", .words = {{0, "", "a > b\nc > d\n"}, {10, "", "e"}}};
  CHECK(coach::shown(kKnown[3], piece, nullptr, {}, 80) ==
        "The gradient norm of each parameter:\n  step 0:\n    a > b\n    c > d\n  step 10:\n    e\n");
  const catalog::Evidence output{"output", "what the run prints", {}, 0, From::output, "", ""};
  grade::Evidence evidence;
  evidence.own = {with_parts("loss", {""}), {.id = "output", .words = {{0, "", "one\ntwo\n"}}}};
  CHECK(coach::log_of({kKnown[0], output}, evidence, 80) ==
        "    step          loss\n"
        "       0             1\n"
        "       1             2\n"
        "\n"
        "  What the run prints:\n"
        "    one\n"
        "    two\n");
}

TEST_CASE("a single part is named", "[coach][evidence]") {
  CHECK(coach::shown(kKnown[3], with_parts("x", {"matrix"}), nullptr, {}, 80)
            .starts_with("The gradient norm of each parameter; matrix:\n"));
}

TEST_CASE("the series that the run draws comes with the log, and a checkout makes all free",
          "[coach][evidence]") {
  const auto prices = coach::priced(kKnown, "val_loss");
  CHECK(prices[4].minutes == 0);
  CHECK(prices[2].minutes == 1);
  grade::Evidence evidence;
  evidence.own = {with_parts("val-loss", {""})}, evidence.clean = {with_parts("val-loss", {""})};
  evidence.clean[0].numbers[0][1] = 9;
  evidence.tells = {"val-loss", "tests"};
  CHECK(coach::log_of(prices, evidence, 80).find("val-loss") != std::string::npos);
  session::Session s;
  s.production = coach::cheapest(prices, evidence);
  CHECK(s.production->free == std::vector<std::string>{"val-loss"});
  CHECK(s.production->told == std::vector<std::string>{"val-loss"});
  CHECK(s.production->cheapest == std::vector<std::string>{"tests"});
  CHECK(coach::priced(kKnown, s)[4].minutes == 0);
  CHECK(coach::priced(kKnown, s)[8].minutes == 4);
  s.directory = "/checkout";
  for (const catalog::Evidence& one : coach::priced(kKnown, s))
    CHECK(one.minutes == (one.from == From::checkout ? 5 : 0));
}

TEST_CASE("what parts from the clean run before the log does tells beside it", "[coach][evidence]") {
  grade::Evidence evidence;
  evidence.own = {numbers({""}, {{6, 5, 4}}), numbers({""}, {{1, 2, 3}}), numbers({""}, {{7, 7, 8}})};
  evidence.own[0].id = "loss", evidence.own[1].id = "grad-norm", evidence.own[2].id = "memory";
  evidence.clean = evidence.own;
  evidence.clean[0].numbers[0][2] = 4.5, evidence.clean[1].numbers[0][1] = 2.1,
  evidence.clean[2].numbers[0][2] = 7;
  session::Session s;
  s.production = coach::cheapest(kKnown, evidence);
  CHECK(s.production->beside == std::vector<std::string>{"grad-norm"});
  coach::note_asked(s, kKnown[2], false, 100);
  coach::note_asked(s, kKnown[7], false, 101);
  CHECK(coach::worth_of(s, s.asked[0]) == "tells only beside a clean run");
  CHECK(coach::worth_of(s, s.asked[1]) == "tells nothing by itself");
  coach::note_asked(s, kKnown[9], false, 102);
  CHECK(s.asked[0].tells);
  CHECK_FALSE(s.asked[1].tells);
  CHECK(coach::worth_of(s, s.asked[0]) == "tells: it is not the clean tree's");
  CHECK(coach::worth_of(s, s.asked[2]) == "what the others are read beside");
}

TEST_CASE("what a decoy's checkout is worth hangs on whether it was changed", "[coach][evidence]") {
  session::Session s;
  s.decoy = true;
  s.production = session::Production{.cheapest = {}, .checkout = "code", .clean = "clean"};
  s.asked = {{1, "code", 5, false}, {2, "loss", 1, false}};
  s.pristine = s.mutated = "t";
  CHECK(coach::worth_of(s, s.asked[0]) == "it is the clean tree's");
  s.mutated = "u";
  CHECK(coach::worth_of(s, s.asked[0]) == "changed, and computes the same");
  CHECK(coach::worth_of(s, s.asked[1]) == "it is the clean tree's");
}

TEST_CASE("what comes with the symptom stands side by side", "[coach][evidence]") {
  grade::Evidence evidence;
  evidence.own = {numbers({""}, {{6, 5, 4}}), numbers({""}, {{0.1, 0.1, 0.05}}), numbers({""}, {{9, 9, 9}})};
  evidence.own[0].id = "loss", evidence.own[1].id = "lr", evidence.own[2].id = "grad-norm";
  CHECK(coach::log_of(kKnown, evidence, 80) ==
        "    step          loss            lr\n"
        "       0             6           0.1\n"
        "       1             5           0.1\n"
        "       2             4          0.05\n");
}

TEST_CASE("the cheapest that tells is known, and paid once", "[coach][evidence]") {
  grade::Evidence evidence;
  evidence.tells = {"loss", "grad-norm-parts", "memory", "val-loss", "tests"};
  const session::Production production = coach::cheapest(kKnown, evidence);
  CHECK(production.cheapest == std::vector<std::string>{"val-loss", "memory"});
  CHECK(production.cheapest_minutes == 1);
  CHECK(production.checkout == "code");
  CHECK(production.open_minutes == 5);
  CHECK(coach::cheapest(kKnown, {}).cheapest.empty());

  session::Session s;
  coach::note_asked(s, kKnown[2], true, 100);
  coach::note_asked(s, kKnown[2], true, 200);
  CHECK(s.asked == std::vector<session::Asked>{{100, "grad-norm", 1, true}});
  REQUIRE(s.events.size() == 1);
  CHECK(s.events[0] == session::Event{100, coach::kAsk, "grad-norm, 1 minute", ""});
  coach::note_asked(s, kKnown[0], true, 250);  // came with the symptom
  s.solved = true;                             // then it is curiosity
  coach::note_asked(s, kKnown[3], true, 300);
  CHECK(s.asked.size() == 1);
}

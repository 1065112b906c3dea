// rewrite, the parts that know text and no Clang: tokens, templates, what goes with a cut, precedence at a
// place, the language of matchers. A row each; every expectation is what C++ itself, or the grammar in the
// header, says.
#include "mutator/rewrite/draft.h"
#include "mutator/rewrite/explain.h"
#include "mutator/rewrite/expression.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/surgery.h"
#include "mutator/rewrite/template.h"
#include "mutator/rewrite/tokens.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::rewrite;

namespace {

// "w:int w:x s:= n:1 s:;"
std::string cut(const std::string& text) {
  const Tokens tokens(text);
  std::string all;
  for (const Token& token : tokens.all())
    all += (all.empty() ? "" : " ") + std::string(1, "wnlsc"[static_cast<int>(token.kind)]) + ":" +
           std::string(tokens.text(token));
  return all;
}

// The part of a text between « and », and the text without them.
struct Marked {
  std::string text;
  Span span;

  explicit Marked(const std::string& marked) {
    const size_t open = marked.find("«"), close = marked.find("»");
    REQUIRE(open != std::string::npos);
    REQUIRE(close != std::string::npos);
    text = marked.substr(0, open) + marked.substr(open + 2, close - open - 2) + marked.substr(close + 2);
    span = {static_cast<unsigned>(open), static_cast<unsigned>(close - 2)};
  }
};

std::string marked(const std::string& text, Span span) {
  return text.substr(0, span.begin) + "«" + text.substr(span.begin, span.end - span.begin) + "»" +
         text.substr(span.end);
}

}  // namespace

TEST_CASE("C++ is cut into tokens", "[rewrite][text]") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"int x=1;", "w:int w:x s:= n:1 s:;"},
      {"a->b::c.*d", "w:a s:-> w:b s::: w:c s:.* w:d"},
      {"a<=>b<<=c>>d", "w:a s:<=> w:b s:<<= w:c s:> s:> w:d"},
      {"x+++--y", "w:x s:++ s:+ s:-- w:y"},
      {"f(...)", "w:f s:( s:... s:)"},
      {"1e-5+.5f", "n:1e-5 s:+ n:.5f"},
      {"0x1e-5", "n:0x1e s:- n:5"},
      {"1'000.0L", "n:1'000.0L"},
      {"0x1p+3", "n:0x1p s:+ n:3"},  // as written: no hexadecimal floats in these trees
      {"1E+2", "n:1E+2"},
      {"a.5", "w:a n:.5"},
      {"\"a \\\" // b\" 'c'", "l:\"a \\\" // b\" l:'c'"},
      {"u8\"a\" L'b' x\"c\"", "l:u8\"a\" l:L'b' w:x l:\"c\""},
      {"R\"x(a)\" \")x\" b", "l:R\"x(a)\" \")x\" w:b"},
      {"uR\"(a\nb)\" LR\"(c)\"", "l:uR\"(a\nb)\" l:LR\"(c)\""},
      {"\"open\nx", "l:\"open w:x"},
      {"a // b\nc", "w:a c:// b w:c"},
      {"a // b\r\nc", "w:a c:// b w:c"},
      {"a /* b\n* / */ c", "w:a c:/* b\n* / */ w:c"},
      {"/* open", "c:/* open"},
      {"// end", "c:// end"},
      {"größe_1", "w:größe_1"},
      {"R\"(open", "l:R\"(open"},
      {"R\"open", "l:R\"open"},
      {"", ""},
      {" \t\n", ""}};
  for (const auto& [text, expected] : rows) {
    INFO(text);
    CHECK(cut(text) == expected);
  }
}

TEST_CASE("the tokens beside a byte", "[rewrite][text]") {
  const std::string text = "a /* x */ b // y";
  const Tokens tokens(text);
  CHECK(tokens.is(tokens.before(10), "a"));
  CHECK(tokens.is(tokens.before(10, true), "/* x */"));
  CHECK(tokens.is(tokens.before(11), "b"));  // it ends there
  CHECK(tokens.before(0) == nullptr);
  CHECK(tokens.is(tokens.after(0), "a"));  // it begins there
  CHECK(tokens.is(tokens.after(1), "b"));
  CHECK(tokens.is(tokens.after(1, true), "/* x */"));
  CHECK(tokens.after(11) == nullptr);
  CHECK(tokens.is(tokens.after(11, true), "// y"));
  CHECK_FALSE(tokens.is(nullptr, ""));
  CHECK(mentions("f(alpha)", "alpha"));
  CHECK_FALSE(mentions("f(alphabet) /* alpha */ \"alpha\" beta.alpha_", "alpha"));
}

TEST_CASE("a template is text and placeholders", "[rewrite][text]") {
  const auto parsed = parse_template("a {{ x }} + {{y_1}}{b}");
  REQUIRE(parsed);
  REQUIRE(parsed->size() == 5);
  const auto shape = [&](size_t i) {
    return std::tuple((*parsed)[i].placeholder, (*parsed)[i].text, (*parsed)[i].offset);
  };
  CHECK(shape(0) == std::tuple(false, "a ", 0u));
  CHECK(shape(1) == std::tuple(true, "x", 5u));
  CHECK(shape(2) == std::tuple(false, " + ", 9u));
  CHECK(shape(3) == std::tuple(true, "y_1", 14u));
  CHECK(shape(4) == std::tuple(false, "{b}", 19u));
  CHECK(parse_template("")->empty());
  const std::map<std::string, Bound> bound = {
      {"x", {"p + q", true, false}}, {"y_1", {"r.s", true, true}}, {"z", {"u; v", false, false}}};
  CHECK(fill_in(*parsed, bound) == "a " + marked("p + q") + " + r.s{b}");
  CHECK(written(fill_in(*parse_template("{{x}} * 2; {{z}}"), bound), {true}) == "(p + q) * 2; u; v");
  CHECK(written(fill_in(*parse_template("{{x}} * 2; {{z}}"), bound), {false}) == "p + q * 2; u; v");
  CHECK(fill_in(*parse_template("a/{{x}}"), {{"x", {"*p", true, true}}}) == "a/ *p");
  CHECK(fill_in(*parse_template("{{x}}/b"), {{"x", {"a", true, true}}}) == "a/b");
  const std::vector<std::tuple<std::string, unsigned, std::string>> wrong = {
      {"ab {{x", 3, "the template opens '{{' and does not close it with '}}'"},
      {"{{x}} {{ }}", 6, "'{{}}' is no placeholder; write {{id}} with an id the matcher binds"},
      {"{{a-b}}", 0, "'{{a-b}}' is no placeholder; write {{id}} with an id the matcher binds"}};
  for (const auto& [text, at, message] : wrong) {
    INFO(text);
    unsigned where = 99;
    const auto result = parse_template(text, &where);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Exit::catalog);
    CHECK(result.error().message == message);
    CHECK(where == at);
  }
}

TEST_CASE("what is a statement, and what is the only one of a body", "[rewrite][text]") {
  struct Row {
    const char* text;
    bool statement, only;
  };
  for (const Row& row : std::vector<Row>{{"{ «a;» }", true, false},
                                         {"{ «a» ; }", false, false},
                                         {"f(«a», b);", false, false},
                                         {"if (x) «a;»", true, true},
                                         {"if (x) a; else «b;»", true, true},
                                         {"do «a;» while (x);", true, true},
                                         {"for (;;) «{ a; }»", true, true},
                                         {"a; «if (x) { b; }» c;", true, false},
                                         {"else «{ b; }»", true, true},
                                         {"do «{ b; }» while (c);", true, true},
                                         {"case 1: «{ b; }»", true, false},
                                         {"{ «{ b; }» }", true, false},
                                         {"} «{ b; }»", true, false},
                                         {"«struct S {}»", true, false},
                                         {"x = «S{1}»;", false, false},
                                         {"f(«{1}»);", false, false},
                                         {"a; «b /* ; */» ;", false, false},
                                         {"«» a;", false, false}}) {
    INFO(row.text);
    const Marked at(row.text);
    const Tokens tokens(at.text);
    CHECK(is_statement(tokens, at.span) == row.statement);
    CHECK(is_only_body(tokens, at.span) == row.only);
  }
}

TEST_CASE("a statement's comments and lines go with it", "[rewrite][text]") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"x;\n  «a;»\ny;\n", "x;\n«  a;\n»y;\n"},
      {"x;\n  // one\n  // two\n  «a;»  // three\ny;\n", "x;\n«  // one\n  // two\n  a;  // three\n»y;\n"},
      // A comment of the line above, a blank line between, a comment behind code: not this statement's.
      {"x;  // of x\n«a;»\n", "x;  // of x\n«a;\n»"},
      {"// far\n\n«a;»\n", "// far\n\n«a;\n»"},
      {"x;  // of x\n    // goes on\n«a;»\n", "x;  // of x\n    // goes on\n«a;\n»"},
      {"x;  // of x\n  // of a\n«a;»\n", "x;  // of x\n«  // of a\na;\n»"},
      {"«a;»  // one\n    // two\n  // other\nb;\n", "«a;  // one\n    // two\n»  // other\nb;\n"},
      {"«a;»  // one\nb;    // two\n", "«a;  // one\n»b;    // two\n"},
      {"x; «a;»  // why\ny;\n", "x;« a;  // why»\ny;\n"},
      {"«a;» b;\n", "«a; »b;\n"},
      {"{ «a;» }\n", "{« a; »}\n"},
      {"«a;»", "«a;»"},
      {"/* why */\n«a;»\n", "«/* why */\na;\n»"},
      {"y; /* of y */\n«a;»\n", "y; /* of y */\n«a;\n»"}};
  for (const auto& [text, expected] : rows) {
    INFO(text);
    const Marked at(text);
    CHECK(marked(at.text, with_comments(Tokens(at.text), at.span)) == expected);
  }
}

TEST_CASE("whole lines, indentation and line ends", "[rewrite][text]") {
  for (const auto& [text, whole] : std::vector<std::pair<const char*, bool>>{{"a\n«b\n»c\n", true},
                                                                             {"«b\n»", true},
                                                                             {"a\n«b»", true},
                                                                             {"a\n«b»\n", false},
                                                                             {"a«\nb\n»", false},
                                                                             {"a\n«»b\n", false}}) {
    INFO(text);
    const Marked at(text);
    CHECK(is_whole_lines(at.text, at.span) == whole);
  }
  CHECK(indentation("a\n \t b", 5) == " \t ");
  CHECK(indentation("a\n \t b", 2) == " \t ");
  CHECK(indentation("  a", 2) == "  ");
  CHECK(indentation("a\n b", 1) == "");
  CHECK(reindented("  a\n    b\n\nc\n", "  ", "\t") == "\ta\n\t  b\n\n\tc\n");
  CHECK(reindented("a\n  \nb", "", "  ") == "  a\n  \n  b");
  CHECK(line_end("a\r\nb\n") == "\r\n");
  CHECK(line_end("a\nb\r\n") == "\n");
  CHECK(line_end("\nb") == "\n");
  CHECK(line_end("a") == "\n");
  CHECK(with_line_ends_of("x\r\n", "a\nb\r\nc") == "a\r\nb\r\nc");
  CHECK(with_line_ends_of("x\r\n", "\na") == "\r\na");
  CHECK(with_line_ends_of("x\n", "a\nb") == "a\nb");
}

TEST_CASE("an element goes with its comma", "[rewrite][text]") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"f(«a», b)", "f(«a, »b)"},
      {"f(a, «b», c)", "f(a, «b, »c)"},
      {"f(a, «b»)", "f(a«, b»)"},
      {"f(«a»)", "f(«a»)"},
      {"{«a», b}", "{«a, »b}"},
      {"{a, «b»}", "{a«, b»}"},
      {"x = «a» + b;", "x = «a» + b;"},
      {"f(«a» + b, c)", "f(«a» + b, c)"},
      {"f(a, «b» + c)", "f(a, «b» + c)"},
      {"f(«a», /* of b */ b)", "f(«a, »/* of b */ b)"},
      {"g[«a», b]", "g[«a, »b]"},
      {"g<«a», b>", "g<«a, »b>"},
      {"f(«a»,", "f(«a,»"}};
  for (const auto& [text, expected] : rows) {
    INFO(text);
    const Marked at(text);
    CHECK(marked(at.text, with_comma(Tokens(at.text), at.span).span) == expected);
  }
}

TEST_CASE("a matcher is a tree of calls", "[rewrite][text]") {
  unsigned where = 99;
  const std::string text = R"( f( g(1, "a b" ), 'c' ).bind( "x" ) )";
  const auto tree = parse_expression(text, &where);
  REQUIRE(tree);
  CHECK(tree->kind == Expression::Kind::call);
  CHECK(tree->text == "f");
  CHECK(tree->bound == "x");
  CHECK(text.substr(tree->bound_span.begin, tree->bound_span.end - tree->bound_span.begin) == "\"x\"");
  CHECK(text.substr(tree->span.begin, tree->span.end - tree->span.begin) ==
        R"(f( g(1, "a b" ), 'c' ).bind( "x" ))");
  CHECK(tree->name == Span{1, 2});
  CHECK(text[tree->close] == ')');
  CHECK(tree->close == text.find(").bind"));
  REQUIRE(tree->arguments.size() == 2);
  CHECK(tree->arguments[0].text == "g");
  REQUIRE(tree->arguments[0].arguments.size() == 2);
  CHECK(tree->arguments[0].arguments[0].kind == Expression::Kind::number);
  CHECK(tree->arguments[0].arguments[0].text == "1");
  CHECK(tree->arguments[0].arguments[1].kind == Expression::Kind::string);
  CHECK(tree->arguments[0].arguments[1].text == "a b");
  CHECK(tree->arguments[1].text == "c");
  const auto with = parse_expression("mapAnyOf(a, b).with(c(), d()).bind(\"m\")", &where);
  REQUIRE(with);
  CHECK(with->chained.size() == 2);
  CHECK(with->bound == "m");
  CHECK(parse_expression("1.5f", &where)->text == "1.5f");
  CHECK(parse_expression("word", &where)->kind == Expression::Kind::word);
  const std::vector<std::tuple<std::string, unsigned, std::string>> wrong = {
      {"", 0, "the expression ends where more is expected"},
      {"f(", 2, "a ')' is missing"},
      {"f(a b)", 4, "a ')' is missing"},
      {"f(,)", 2, "',' cannot stand here"},
      {"f(a) g", 5, "there is text behind the end of the expression"},
      {"f(\"a)", 2, "the string is not closed"},
      {"f().bind", 8, "a '(' is missing"},
      {"f().bond(\"x\")", 13, "only .bind(\"id\") and .with(…) can follow a matcher"},
      {"f().bind(x)", 11, "only .bind(\"id\") and .with(…) can follow a matcher"},
      {"f().bind(\"x\", \"y\")", 18, "only .bind(\"id\") and .with(…) can follow a matcher"},
      {"f().bind(\"x\").bind(\"y\")", 23, "a matcher takes one .bind"},
      {"f(?)", 2, "'?' cannot stand here"}};
  for (const auto& [source, at, message] : wrong) {
    INFO(source);
    where = 99;
    const auto result = parse_expression(source, &where);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Exit::catalog);
    CHECK(result.error().message == message);
    CHECK(where == at);
  }
  std::string deep;
  for (int i = 0; i < 99; ++i) deep += "f(";
  CHECK(parse_expression(deep + "x" + std::string(99, ')'), &where));
  CHECK(parse_expression("f(" + deep + "x" + std::string(100, ')'), &where).error().message ==
        "nested too deep");
}

TEST_CASE("a matcher over several lines is one, its bytes where they were", "[rewrite][text]") {
  CHECK(one_line("a(\n  # why (\n  b)") == "a(             b)");
  CHECK(one_line("a(\"# \\n\")\r\n") == "a(\"# \\n\")  ");
  CHECK(one_line("a('#', b) # c") == "a('#', b)    ");
  CHECK(one_line("a(\"'\", #\n b)") == "a(\"'\",    b)");
  CHECK(one_line("# \"\na(\"#\")") == "    a(\"#\")");
}

TEST_CASE("which ids a matcher binds, and whether always", "[rewrite][text]") {
  const auto bound = [](const std::string& matcher) {
    unsigned where = 0;
    const auto tree = parse_expression(matcher, &where);
    REQUIRE(tree);
    std::string all;
    for (const Binding& binding : bindings(*tree))
      all +=
          (all.empty() ? "" : " ") + binding.id + ":" + binding.matcher + (binding.always ? "" : "?") +
          (binding.always ? ""
                          : matcher.substr(binding.branch.begin, binding.branch.end - binding.branch.begin));
    return all;
  };
  CHECK(bound("a()") == "");
  CHECK(bound("a(b().bind(\"y\"), c()).bind(\"x\")") == "x:a y:b");
  CHECK(bound("anyOf(b().bind(\"y\"), c())") == "y:b?anyOf");
  CHECK(bound("anyOf(b().bind(\"y\"), c().bind(\"y\"))") == "y:b");
  CHECK(bound("eachOf(b().bind(\"y\"), c().bind(\"z\"))") == "y:b?eachOf z:c?eachOf");
  CHECK(bound("allOf(b().bind(\"y\"), c().bind(\"z\"))") == "y:b z:c");
  CHECK(bound("optionally(b().bind(\"y\"))") == "y:b?optionally");
  CHECK(bound("unless(b().bind(\"y\"))") == "");
  CHECK(bound("a(unless(b().bind(\"y\")), c().bind(\"y\"))") == "y:c");
  CHECK(bound("mapAnyOf(a, b).with(c().bind(\"y\")).bind(\"x\")") == "x:mapAnyOf y:c");
  // Bound on a branch, and outside of it always.
  CHECK(bound("a(anyOf(b().bind(\"y\"), c()), d().bind(\"y\"))") == "y:b");
  CHECK(bound("anyOf(a(anyOf(b().bind(\"y\"), c())), d().bind(\"y\"))") == "y:b?anyOf");
}

TEST_CASE("a matcher is peeled from the outside, an inner matcher a step", "[rewrite][text]") {
  const auto peeled = [](const std::string& matcher) {
    unsigned where = 0;
    const auto tree = parse_expression(matcher, &where);
    REQUIRE(tree);
    std::vector<std::string> all;
    for (const Peeled& step : peel(matcher, *tree)) all.push_back(step.added + " | " + step.matcher);
    return all;
  };
  using All = std::vector<std::string>;
  CHECK(peeled("a()") == All{"a() | a()"});
  CHECK(peeled("a(b(c()), d(\"x\"))") ==
        All{"a() | a()", "b() | a(b())", "b(c()) | a(b(c()))", "d(\"x\") | a(b(c()), d(\"x\"))"});
  CHECK(peeled("a(hasArgument(0, b()).bind(\"y\"))") ==
        All{"a() | a()", "hasArgument(0).bind(\"y\") | a(hasArgument(0).bind(\"y\"))",
            "hasArgument(0, b()).bind(\"y\") | a(hasArgument(0, b()).bind(\"y\"))"});
  for (const char* name : {"anyOf", "eachOf", "unless", "optionally"})
    CHECK(peeled("a(" + std::string(name) + "(b(c()), d()))") ==
          All{"a() | a()", std::string(name) + "(b(c()), d()) | a(" + name + "(b(c()), d()))"});
}

TEST_CASE("lines and columns count from one", "[rewrite][text]") {
  const std::string text = "ab\n\ncd";
  CHECK(line_at(text, 0) == 1);
  CHECK(line_at(text, 2) == 1);
  CHECK(line_at(text, 3) == 2);
  CHECK(line_at(text, 5) == 3);
  CHECK(line_at(text, 99) == 3);
  CHECK(column_at(text, 0) == 1);
  CHECK(column_at(text, 2) == 3);
  CHECK(column_at(text, 3) == 1);
  CHECK(column_at(text, 5) == 2);
}

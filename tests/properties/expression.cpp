// expression: see expression.h.
#include "tests/properties/expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace nanobug::properties {
namespace {

const std::map<std::string_view, int>& levels() {
  static const std::map<std::string_view, int> all = {
      {"*", 14}, {"/", 14}, {"%", 14},  {"+", 13},  {"-", 13},  {"<<", 12}, {">>", 12}, {"<=>", 11},
      {"<", 10}, {">", 10}, {"<=", 10}, {">=", 10}, {"==", 9},  {"!=", 9},  {"&", 8},   {"^", 7},
      {"|", 6},  {"&&", 5}, {"||", 4},  {"=", 2},   {"+=", 2},  {"-=", 2},  {"*=", 2},  {"/=", 2},
      {"%=", 2}, {"&=", 2}, {"|=", 2},  {"^=", 2},  {"<<=", 2}, {">>=", 2}, {",", 1}};
  return all;
}

constexpr int kPrimary = 18, kPostfix = 17, kPrefix = 16, kLogicalOr = 4, kConditional = 3, kAssignment = 2;

std::string spelled(const Expr& node) {
  static const std::map<std::string_view, std::string_view> words = {
      {"&&", "and"}, {"||", "or"},     {"!", "not"},     {"~", "compl"},  {"&", "bitand"}, {"|", "bitor"},
      {"^", "xor"},  {"!=", "not_eq"}, {"&=", "and_eq"}, {"|=", "or_eq"}, {"^=", "xor_eq"}};
  const auto found = words.find(node.text);
  return node.word && found != words.end() ? std::string(found->second) : node.text;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// Would two tokens side by side be read as others?
bool pastes(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return false;
  const char a = left.back(), b = right.front();
  if (is_word(a) && is_word(b)) return true;
  static constexpr std::array<std::string_view, 31> signs = {
      "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "==", "!=", "<=", ">=", "&&", "||",
      "<<", ">>", "->", "::", "//", "/*", "*/", "<:", "<%", "%>", ":>", "%:", "##", "[[", "{{"};
  const std::string both{a, b};
  for (const std::string_view sign : signs)
    if (both == sign) return true;
  return false;
}

class Printer {
 public:
  explicit Printer(Places* places) : places_(places) {}

  void print(const Expr& node, int needed) {
    const int pairs = std::max(level(node) < needed ? 1 : 0, node.least) + node.extra;
    const size_t first = starts_.size();
    for (int i = 0; i < pairs; ++i) put("("), gap(node, kInside, false);
    own(node);
    for (int i = 0; i < pairs; ++i) gap(node, kInside + 1, false), put(")");
    if (node.mark && places_) (*places_)[node.mark] = {starts_[first], text_.size()};
  }

  std::string text_;

 private:
  static constexpr size_t kInside = 14;  // the slots of a node's own parentheses

  void put(const std::string& token) {
    static const std::array<std::string, 6> gaps = {
        "", "", " ", "\n    ", " /* a+b), */ ", "  // (x, y;\n    "};
    const std::string& gap = gaps[static_cast<size_t>(next_)];
    if (!text_.empty()) text_ += gap;
    if (gap.empty() && pastes(text_, token)) text_ += ' ';
    starts_.push_back(text_.size());
    text_ += token;
    next_ = Gap::natural;
  }

  // The gap in slot `slot` of the node; `wide` where a person writes a blank.
  void gap(const Expr& node, size_t slot, bool wide) {
    next_ = slot < node.gaps.size() ? node.gaps[slot] : Gap::natural;
    if (next_ == Gap::natural) next_ = wide ? Gap::blank : Gap::none;
  }

  void kid(const Expr& node, size_t i) {
    print(node.kids[i], node.kids[i].put && asked_for(node, i) ? kPrimary + 1 : level_needed(node, i));
  }

  void list(const Expr& node, size_t first, const char* open, const char* close) {
    size_t slot = 8;
    gap(node, slot++, false), put(open);
    for (size_t i = first; i < node.kids.size(); ++i) {
      if (i > first) gap(node, slot++, false), put(",");
      gap(node, slot++, i > first), kid(node, i);
    }
    gap(node, slot, false), put(close);
  }

  void own(const Expr& node) {
    if (!node.macro.empty()) return put(node.macro);
    switch (node.op) {
      case Op::literal:
      case Op::name:
        return put(node.text);
      case Op::hole:
        return put("{{m" + std::to_string(node.mark) + "}}");
      case Op::prefix:
        return put(spelled(node)), gap(node, 0, false), kid(node, 0);
      case Op::postfix:
        return kid(node, 0), gap(node, 0, false), put(node.text);
      case Op::binary:
        return kid(node, 0), gap(node, 0, node.text != ","), put(spelled(node)), gap(node, 1, true),
               kid(node, 1);
      case Op::conditional:
        return kid(node, 0), gap(node, 0, true), put("?"), gap(node, 1, true), kid(node, 1),
               gap(node, 2, true), put(":"), gap(node, 3, true), kid(node, 2);
      case Op::cast:
        return put("("), gap(node, 0, false), put(node.text), gap(node, 1, false), put(")"),
               gap(node, 2, false), kid(node, 0);
      case Op::functional:
        return put(node.text), list(node, 0, "(", ")");
      case Op::braces:
        return put(node.text), list(node, 0, "{", "}");
      case Op::call:
        return call(node);
      case Op::method:
        return kid(node, 0), gap(node, 0, false), put("."), gap(node, 1, false), put(node.text),
               list(node, 1, "(", ")");
      case Op::member:
        return kid(node, 0), gap(node, 0, false), put("."), gap(node, 1, false), put(node.text);
      case Op::subscript:
        return kid(node, 0), gap(node, 0, false), put("["), gap(node, 1, false), kid(node, 1),
               gap(node, 2, false), put("]");
      case Op::apply:
        return kid(node, 0), list(node, 1, "(", ")");
      case Op::size:
        return put("sizeof"), gap(node, 0, true), kid(node, 0);
      case Op::lambda:
        put("["), put("&"), put("]"), gap(node, 0, true), put("{"), gap(node, 1, true), put("return"),
            gap(node, 2, true), kid(node, 0), put(";"), gap(node, 3, true), put("}"), put("("), put(")");
    }
  }

  void call(const Expr& node) {
    if (!node.text.ends_with('>')) return put(node.text), list(node, 0, "(", ")");
    put("id"), gap(node, 5, false), put("<"), gap(node, 6, false), put("int"), gap(node, 7, false), put(">");
    list(node, 0, "(", ")");
  }

  Places* places_;
  Gap next_ = Gap::none;
  std::vector<size_t> starts_;  // of the tokens
};

}  // namespace

bool fits(Type is, Type wanted) {
  return is == wanted || (is == Type::l && wanted == Type::i) || (is == Type::q && wanted == Type::p) ||
         (is == Type::w && wanted == Type::v);
}

const Expr& first_of(const Expr& node) {
  if (!node.macro.empty()) return node;
  switch (node.op) {
    case Op::postfix:
    case Op::binary:
    case Op::conditional:
    case Op::method:
    case Op::member:
    case Op::subscript:
    case Op::apply: {
      const bool opens =
          node.kids[0].extra || node.kids[0].least || level(node.kids[0]) < level_needed(node, 0);
      return opens ? node : first_of(node.kids[0]);
    }
    default:
      return node;
  }
}

int level(const Expr& node) {
  if (node.macro == "WRAPPED") return kPrimary;
  switch (node.op) {
    case Op::literal:
    case Op::name:
    case Op::hole:
      return kPrimary;
    case Op::prefix:
    case Op::cast:
    case Op::size:
      return kPrefix;
    case Op::binary:
      return levels().at(node.text);
    case Op::conditional:
      return kConditional;
    default:
      return kPostfix;
  }
}

int level_needed(const Expr& node, size_t i) {
  switch (node.op) {
    case Op::prefix:
    case Op::cast:
      return kPrefix;
    case Op::size:  // a unary expression: no cast
      return node.kids[0].op == Op::cast ? kPostfix : kPrefix;
    case Op::binary:
      if (node.text == ",") return i == 0 ? 1 : kAssignment;
      if (level(node) == kAssignment) return i == 0 ? kLogicalOr : kAssignment;
      return level(node) + (i == 0 ? 0 : 1);
    case Op::conditional:
      return i == 0 ? kLogicalOr : i == 1 ? 1 : kAssignment;
    case Op::postfix:
    case Op::member:
      return kPostfix;
    case Op::subscript:
      if (i == 0) return kPostfix;
      return first_of(node.kids[1]).op == Op::lambda ? kPrimary + 1
                                                     : 1;  // `[[` is an attribute, blank or not
    case Op::method:
    case Op::apply:
      return i == 0 ? kPostfix : kAssignment;
    case Op::lambda:
      return 1;
    default:
      return kAssignment;
  }
}

bool asked_for(const Expr& node, size_t i) {
  const Expr& kid = node.kids[i];
  if (kid.op == Op::binary && kid.text == ",")
    return i == 1 && (node.op == Op::conditional || node.op == Op::subscript);
  if (node.op == Op::prefix) return kid.op == Op::prefix && kid.text.front() == node.text.back();
  constexpr int kSum = 13, kShift = 12, kLess = 10, kEqual = 9, kAnd = 8, kOr = 6, kLogicalAnd = 5;
  if (node.op == Op::binary && kid.op == Op::prefix)  // `!a == b` is warned of
    return i == 0 && kid.text == "!" && (level(node) == kLess || level(node) == kEqual);
  if (node.op != Op::binary || kid.op != Op::binary) return false;
  const int outer = level(node), inner = level(kid);
  const bool compares = inner == kLess || inner == kEqual;
  if (outer == kLogicalOr) return inner == kLogicalAnd;
  if (outer >= kOr && outer <= kAnd)
    return compares || inner == kSum || (inner >= kOr && inner <= kAnd && inner != outer);
  if (outer == kShift) return inner == kSum;
  return (outer == kLess || outer == kEqual) && compares;
}

std::string text_of(const Expr& root, int needed, Places* places) {
  Printer printer(places);
  printer.print(root, needed);
  return printer.text_;
}

std::string full_text_of(const Expr& root) {
  Expr plain = root;
  walk(plain, [](Expr& node) {
    node.gaps.clear();
    node.word = false;
    for (Expr& kid : node.kids) kid.extra = 1;
  });
  plain.extra = 0;
  // Where the grammar asks for a pair it is doubled, which says the same.
  return text_of(plain, 1);
}

void walk(const Expr& root, const std::function<void(const Expr&)>& visit) {
  visit(root);
  for (const Expr& kid : root.kids) walk(kid, visit);
}

void walk(Expr& root, const std::function<void(Expr&)>& visit) {
  visit(root);
  for (Expr& kid : root.kids) walk(kid, visit);
}

const Expr* find(const Expr& root, int mark) {
  if (root.mark == mark && root.op != Op::hole) return &root;
  for (const Expr& kid : root.kids)
    if (const Expr* found = find(kid, mark)) return found;
  return nullptr;
}

Expr filled(const Expr& form, const Expr& source) {
  if (form.op == Op::hole) {
    Expr value = *find(source, form.mark);
    walk(value, [](Expr& node) { node.mark = 0; });
    value.need = form.need;
    value.extra = 0;
    value.least = form.extra;
    value.put = true;
    return value;
  }
  Expr result = form;
  result.kids.clear();
  for (const Expr& kid : form.kids) result.kids.push_back(filled(kid, source));
  return result;
}

const std::vector<Expr>& macros() {
  static const std::vector<Expr> all = [] {
    const auto name = [](const char* text) { return Expr{Op::name, Type::l, Type::i, text}; };
    const auto made = [](const char* macro, Op op, const char* sign, std::vector<Expr> kids) {
      Expr node{op, Type::i, Type::i, sign, std::move(kids)};
      node.macro = macro;
      return node;
    };
    return std::vector<Expr>{made("SUM", Op::binary, "+", {name("a"), name("b")}),
                             made("WRAPPED", Op::binary, "+", {name("a"), name("b")}),
                             made("LESS", Op::binary, "<", {name("c"), name("d")}),
                             made("NEGATIVE", Op::prefix, "-", {name("a")}),
                             made("PICK", Op::conditional, "?", {name("a"), name("b"), name("c")})};
  }();
  return all;
}

const std::string& prelude() {
  static const std::string text = R"(struct V {
  int m;
  explicit V(int);
  int get() const;
  V add(int) const;
  V& self();
  int& operator[](int);
  int operator()(int) const;
  V& operator+=(V);
  V& operator*=(V);
  V& operator<<=(V);
  V& operator++();
  V& operator--();
  V operator++(int);
};
V operator+(V, V);
V operator-(V, V);
V operator*(V, V);
V operator/(V, V);
V operator&(V, V);
V operator|(V, V);
V operator^(V, V);
V operator<<(V, V);
V operator>>(V, V);
V operator,(V, V);
V operator+(V);
V operator-(V);
V operator~(V);
bool operator!(V);
bool operator==(V, V);
bool operator!=(V, V);
bool operator<(V, V);
bool operator>(V, V);
bool operator<=(V, V);
bool operator>=(V, V);
int operator<=>(V, V);
template <class T> T id(T);
int f0(), f1(int), f2(int = 0, int = 0), f9(int), use(int*);
int &r1(int), *p1(int);
V g1(int);
V& h1(V);
extern int a, b, c, d, gg;
extern int *p, *q;
extern V u, v, w;
#define SUM a + b
#define WRAPPED (a + b)
#define LESS c < d
#define NEGATIVE -a
#define PICK a ? b : c
#define CALL(k) f1(k);
#define WHEN(k) if (f1(k))
#define AS_LONG_AS(k) while (f1(k))
)";
  return text;
}

}  // namespace nanobug::properties

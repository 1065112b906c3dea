// generate: cases at random, well typed, and smaller ones of a case.
#include <algorithm>
#include <map>

#include "tests/properties/case.h"
#include "tests/properties/context.h"

namespace nanobug::properties {
namespace {

std::set<int> marks_used(const Case& trial) {
  std::set<int> used;
  for (const Edit& edit : trial.edits) {
    used.insert(edit.target);
    if (edit.kind == Edit::Kind::swap)
      used.insert(edit.other);
    else if (edit.kind == Edit::Kind::replace)
      walk(edit.form, [&](const Expr& node) {
        if (node.op == Op::hole) used.insert(node.mark);
      });
  }
  return used;
}

// `(int(int(a)))` can be read as a type.
bool is_plain(const Expr& root) {
  bool plain = true;
  walk(root, [&](const Expr& node) {
    if (node.op == Op::functional && first_of(node.kids[0]).op == Op::functional) plain = false;
  });
  return plain;
}

bool is_argument(const Expr& root, int mark) {
  bool found = false;
  walk(root, [&](const Expr& node) {
    if (node.op == Op::call && node.text == "f2")
      for (const Expr& kid : node.kids) found = found || kid.mark == mark;
  });
  return found;
}

// Every mark that the edits speak of is there, and the targets do not overlap.
bool sound(const Case& trial) {
  for (const int mark : marks_used(trial))
    if (!find(trial.source, mark)) return false;
  std::vector<int> targets;
  for (const Edit& edit : trial.edits) {
    if (edit.kind == Edit::Kind::remove && !is_argument(trial.source, edit.target)) return false;
    targets.push_back(edit.target);
    if (edit.kind == Edit::Kind::swap) targets.push_back(edit.other);
  }
  for (const int outer : targets)
    for (const int inner : targets)
      if (outer != inner && find(*find(trial.source, outer), inner)) return false;
  return may_stand(trial.context, trial.source) && !trial.edits.empty() && is_plain(trial.source) &&
         is_plain(result_of(trial));
}

class Maker {
 public:
  explicit Maker(const rc::Random& random) : random_(random) {}

  Case make(int size) {
    Case trial;
    trial.context = below(contexts().size());
    trial.dependent = chance(15);
    do {
      number_ = 0;
      holes_.clear();
      trial.edits.clear();
      trial.source = expr(Type::i, 1 + below(size));
      decorate(trial.source);
      choose_edits(trial, size);
    } while (!sound(trial));
    return trial;
  }

 private:
  int below(int n) { return n <= 1 ? 0 : static_cast<int>(random_.next() % n); }
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

  // ---- trees

  Expr leaf(Type need) {
    std::vector<const Hole*> fitting;
    for (const Hole& hole : holes_)
      if (fits(hole.type, need)) fitting.push_back(&hole);
    if (!fitting.empty() && chance(75)) {
      const Hole& hole = *fitting[below(fitting.size())];
      Expr node{Op::hole, hole.type, need, ""};
      node.mark = hole.mark;
      return node;
    }
    switch (need) {
      case Type::i:
        if (chance(6)) return macros()[below(macros().size())];
        if (chance(50)) return {Op::literal, Type::i, need, std::to_string(++number_)};
        [[fallthrough]];
      case Type::l:
        return {Op::name, Type::l, need, one_of({"a", "b", "c", "d"})};
      case Type::p:
      case Type::q:
        return {Op::name, Type::q, need, one_of({"p", "q"})};
      default:
        return {Op::name, Type::w, need, one_of({"u", "v", "w"})};
    }
  }

  Expr expr(Type need, int size) {
    if (size <= 1) return leaf(need);
    --size;
    Expr node;
    switch (need) {
      case Type::i:
        node = value_int(size);
        break;
      case Type::l:
        node = object_int(size);
        break;
      case Type::p:
        node = value_pointer(size);
        break;
      case Type::q:
        node = object_pointer(size);
        break;
      case Type::v:
        node = value_class(size);
        break;
      case Type::w:
        node = object_class(size);
    }
    node.need = need;
    return node;
  }

  Expr unary(Op op, Type type, std::string text, Type kid, int size) {
    return {op, type, type, std::move(text), {expr(kid, size)}};
  }
  Expr two(Op op, Type type, std::string text, Type first, Type second, int size) {
    const int left = below(size + 1);
    return {op, type, type, std::move(text), {expr(first, left), expr(second, size - left)}};
  }
  Expr binary(Type type, std::string text, Type first, Type second, int size) {
    return two(Op::binary, type, std::move(text), first, second, size);
  }
  Expr conditional(Type type, int size) {
    const int first = below(size + 1), second = below(size - first + 1);
    return {Op::conditional,
            type,
            type,
            "?",
            {expr(Type::i, first), expr(type, second), expr(type, size - first - second)}};
  }
  Expr comma(Type type, int size) {
    return binary(type, ",", type == Type::v && chance(50) ? Type::v : Type::i, type, size);
  }

  Expr value_int(int size) {
    switch (below(24)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return binary(Type::i, one_of({"+", "-", "*", "/", "%"}), Type::i, Type::i, size);
      case 4:
        return binary(Type::i, one_of({"<<", ">>"}), Type::i, Type::i, size);
      case 5:
      case 6:
        return binary(Type::i, one_of({"&", "|", "^"}), Type::i, Type::i, size);
      case 7:
      case 8:
        return binary(Type::i, one_of({"&&", "||"}), Type::i, Type::i, size);
      case 9:
      case 10:
        return binary(Type::i, one_of({"<", ">", "<=", ">=", "==", "!="}), Type::i, Type::i, size);
      case 11:
        return binary(Type::i, one_of({"<", "==", "!="}), Type::p, Type::p, size);
      case 12:
        return binary(Type::i, one_of({"<", ">", "<=", ">=", "==", "!=", "<=>"}), Type::v, Type::v, size);
      case 13:
        return comma(Type::i, size);
      case 14:
        return conditional(Type::i, size);
      case 15:
      case 16:
        return unary(Op::prefix, Type::i, one_of({"-", "+", "!", "~"}), Type::i, size);
      case 17:
        return unary(Op::prefix, Type::i, "!", one_of({Type::p, Type::v}), size);
      case 18:
        return unary(one_of({Op::cast, Op::functional, Op::braces}), Type::i, "int", Type::i, size);
      case 19: {
        Expr size_of = unary(Op::size, Type::i, "sizeof", one_of({Type::i, Type::p, Type::v}), size - 1);
        return {one_of({Op::cast, Op::functional}), Type::i, Type::i, "int", {std::move(size_of)}};
      }
      case 20:
        if (chance(40)) return two(Op::call, Type::i, "f2", Type::i, Type::i, size);
        return unary(Op::call, Type::i, one_of({"f1", "id<int>"}), Type::i, size);
      case 21:
        return chance(50) ? two(Op::apply, Type::i, "()", Type::v, Type::i, size)
                          : unary(Op::method, Type::i, "get", Type::v, size);
      case 22:
        return chance(20) ? unary(Op::lambda, Type::i, "", Type::i, size)
                          : unary(Op::postfix, Type::i, one_of({"++", "--"}), Type::l, size);
      default:
        return expr(Type::l, size);
    }
  }

  // An index that begins with a lambda and goes on has parentheses that are its author's, and stay when the
  // lambda is replaced, though nothing needs them then.
  Expr element(Type of, int size) {
    Expr made = two(Op::subscript, Type::l, "[]", of, Type::i, size);
    while (made.kids[1].op != Op::lambda && first_of(made.kids[1]).op == Op::lambda)
      made.kids[1] = expr(Type::i, size - 1);
    return made;
  }

  Expr object_int(int size) {
    switch (below(11)) {
      case 0:
        return binary(Type::l, "=", Type::l, Type::i, size);
      case 1:
        return binary(Type::l, one_of({"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}),
                      Type::l, Type::i, size);
      case 2:
      case 3:
        return unary(Op::prefix, Type::l, one_of({"++", "--"}), Type::l, size);
      case 4:
        return unary(Op::prefix, Type::l, "*", Type::p, size);
      case 5:
        return element(Type::p, size);
      case 6:
        return element(Type::w, size);
      case 7:
        return unary(Op::member, Type::l, "m", Type::w, size);
      case 8:
        return unary(Op::call, Type::l, "r1", Type::i, size);
      case 9:
        return conditional(Type::l, size);
      default:
        return comma(Type::l, size);
    }
  }

  Expr value_pointer(int size) {
    switch (below(8)) {
      case 0:
        return binary(Type::p, one_of({"+", "-"}), Type::p, Type::i, size);
      case 1:
        return binary(Type::p, "+", Type::i, Type::p, size);
      case 2:
      case 3:
        return unary(Op::prefix, Type::p, "&", Type::l, size);
      case 4:
        return unary(Op::call, Type::p, "p1", Type::i, size);
      case 5:
        return conditional(Type::p, size);
      case 6:
        return unary(Op::postfix, Type::p, one_of({"++", "--"}), Type::q, size);
      default:
        return expr(Type::q, size);
    }
  }

  Expr object_pointer(int size) {
    switch (below(4)) {
      case 0:
        return binary(Type::q, "=", Type::q, Type::p, size);
      case 1:
        return binary(Type::q, one_of({"+=", "-="}), Type::q, Type::i, size);
      case 2:
        return unary(Op::prefix, Type::q, one_of({"++", "--"}), Type::q, size);
      default:
        return comma(Type::q, size);
    }
  }

  Expr value_class(int size) {
    switch (below(10)) {
      case 0:
      case 1:
        return binary(Type::v, one_of({"+", "-", "*", "/"}), Type::v, Type::v, size);
      case 2:
        return binary(Type::v, one_of({"&", "|", "^", "<<", ">>"}), Type::v, Type::v, size);
      case 3:
        return comma(Type::v, size);
      case 4:
        return unary(Op::prefix, Type::v, one_of({"-", "+", "~"}), Type::v, size);
      case 5:
        return unary(one_of({Op::cast, Op::functional, Op::braces}), Type::v, "V", Type::i, size);
      case 6:
        return two(Op::method, Type::v, "add", Type::v, Type::i, size);
      case 7:
        return conditional(Type::v, size);
      case 8:
        return chance(50) ? unary(Op::call, Type::v, "g1", Type::i, size)
                          : unary(Op::postfix, Type::v, "++", Type::w, size);
      default:
        return expr(Type::w, size);
    }
  }

  Expr object_class(int size) {
    switch (below(5)) {
      case 0:
        return binary(Type::w, one_of({"=", "+=", "*=", "<<="}), Type::w, Type::v, size);
      case 1:
        return unary(Op::prefix, Type::w, one_of({"++", "--"}), Type::w, size);
      case 2:
        return unary(Op::method, Type::w, "self", Type::w, size);
      case 3:
        return unary(Op::call, Type::w, "h1", Type::v, size);
      default:
        return comma(Type::w, size);
    }
  }

  // ---- style

  Gap any_gap() {
    return one_of({Gap::none, Gap::none, Gap::blank, Gap::blank, Gap::line, Gap::comment, Gap::line_comment});
  }

  // Most trees have a style of their own: what a person writes, no blanks at all, or anything.
  void decorate(Expr& root) {
    const int style = below(4);
    const bool words = chance(25);
    walk(root, [&](Expr& node) {
      if (words && chance(70)) node.word = true;
      if (chance(6)) node.extra = 1 + (chance(10) ? 1 : 0);
      if (style == 0) return;
      node.gaps.assign(16, Gap::natural);
      for (Gap& gap : node.gaps)
        gap = style == 1 ? Gap::none : style == 2 ? (chance(15) ? any_gap() : Gap::natural) : any_gap();
    });
  }

  // ---- rules

  struct Hole {
    int mark;
    Type type;
  };

  static void reachable(Expr& node, bool dependent, std::vector<Expr*>& all, bool hidden = false) {
    if (!hidden && node.op != Op::size) all.push_back(&node);
    for (size_t i = 0; i < node.kids.size(); ++i)
      reachable(node.kids[i], dependent, all,
                hidden || !node.macro.empty() || !can_be_bound(node, i, dependent));
  }

  // Those that have a default.
  static std::vector<Expr*> arguments(const std::vector<Expr*>& nodes) {
    std::vector<Expr*> all;
    for (Expr* node : nodes)
      if (node->op == Op::call && node->text == "f2" && node->macro.empty())
        for (Expr& kid : node->kids) all.push_back(&kid);
    return all;
  }

  static bool contains(const Expr& root, const Expr* node) {
    bool found = false;
    walk(root, [&](const Expr& each) { found = found || &each == node; });
    return found;
  }
  static bool apart(const Expr& a, const Expr& b) { return !contains(a, &b) && !contains(b, &a); }

  void choose_edits(Case& trial, int size) {
    std::vector<Expr*> nodes;
    reachable(trial.source, trial.dependent, nodes);
    int marks = 0;
    const auto mark = [&](Expr& node) { return node.mark ? node.mark : node.mark = ++marks; };
    if (std::vector<Expr*> removable = arguments(nodes); !removable.empty() && chance(50)) {
      trial.edits.push_back({Edit::Kind::remove, mark(*removable[below(removable.size())])});
      return;
    }
    Expr& target = *nodes[below(nodes.size())];
    std::vector<Expr*> beside;
    for (Expr* node : nodes)
      if (apart(*node, target)) beside.push_back(node);
    if (!beside.empty() && chance(20)) {
      std::vector<Expr*> partners;
      for (Expr* node : beside)
        if (fits(node->type, target.need) && fits(target.type, node->need)) partners.push_back(node);
      if (!partners.empty()) {
        Expr& other = *partners[below(partners.size())];
        const int first = mark(target);
        trial.edits.push_back({Edit::Kind::swap, first, mark(other)});
        return;
      }
    }
    std::vector<Expr*> targets = {&target};
    if (!beside.empty() && chance(20)) targets.push_back(beside[below(beside.size())]);
    for (Expr* each : targets) mark(*each);
    std::vector<Expr*> inside;
    for (Expr* node : nodes)
      if (chance(80) ? contains(target, node) : true) inside.push_back(node);
    for (int i = 1 + below(2); i > 0; --i) {
      Expr& bound = *inside[below(inside.size())];
      holes_.push_back({mark(bound), bound.type});
    }
    number_ += 50;
    for (Expr* each : targets) {
      Edit edit{Edit::Kind::replace, each->mark, 0, expr(each->need, 1 + below(std::min(size, 6)))};
      decorate(edit.form);
      trial.edits.push_back(std::move(edit));
    }
  }

  rc::Random random_;
  int number_ = 0;
  std::vector<Hole> holes_;
};

// ---- smaller ones

// Trees with one thing less, the large steps first.
std::vector<Expr> smaller(const Expr& root) {
  std::vector<Expr> all;
  for (const Expr& kid : root.kids) {
    if (!fits(kid.type, root.need)) continue;
    Expr lifted = kid;
    lifted.need = root.need;
    all.push_back(std::move(lifted));
  }
  if (!root.kids.empty() || root.op == Op::literal) {
    static const std::map<Type, std::string> names = {{Type::i, "a"}, {Type::l, "a"}, {Type::p, "p"},
                                                      {Type::q, "p"}, {Type::v, "v"}, {Type::w, "v"}};
    Expr name{Op::name, Type::l, root.need, names.at(root.need)};
    name.type = root.need == Type::i   ? Type::l
                : root.need == Type::p ? Type::q
                : root.need == Type::v ? Type::w
                                       : root.need;
    name.mark = root.op == Op::hole ? 0 : root.mark;
    all.push_back(std::move(name));
  }
  const auto plainer = [&](auto change) {
    Expr copy = root;
    change(copy);
    all.push_back(std::move(copy));
  };
  const bool spaced =
      std::any_of(root.gaps.begin(), root.gaps.end(), [](Gap gap) { return gap != Gap::natural; });
  if (spaced) plainer([](Expr& node) { node.gaps.clear(); });
  if (root.extra) plainer([](Expr& node) { --node.extra; });
  if (!root.macro.empty()) plainer([](Expr& node) { node.macro.clear(); });
  if (root.word) plainer([](Expr& node) { node.word = false; });
  for (size_t i = 0; i < root.kids.size(); ++i)
    for (Expr& kid : smaller(root.kids[i])) {
      Expr copy = root;
      copy.kids[i] = std::move(kid);
      all.push_back(std::move(copy));
    }
  for (size_t g = 0; spaced && g < root.gaps.size(); ++g)
    if (root.gaps[g] != Gap::natural) plainer([g](Expr& node) { node.gaps[g] = Gap::natural; });
  return all;
}

std::vector<Case> smaller(const Case& trial) {
  std::vector<Case> all;
  const auto keep = [&](Case&& next) {
    if (sound(next)) all.push_back(std::move(next));
  };
  const auto changed = [&](auto change) {
    Case next = trial;
    change(next);
    keep(std::move(next));
  };
  if (trial.dependent) changed([](Case& next) { next.dependent = false; });
  if (trial.context) changed([](Case& next) { next.context = 0; });
  for (size_t i = 0; trial.edits.size() > 1 && i < trial.edits.size(); ++i)
    changed([i](Case& next) { next.edits.erase(next.edits.begin() + i); });
  for (Expr& source : smaller(trial.source)) changed([&](Case& next) { next.source = std::move(source); });
  for (size_t i = 0; i < trial.edits.size(); ++i)
    if (trial.edits[i].kind == Edit::Kind::replace)
      for (Expr& form : smaller(trial.edits[i].form))
        changed([&](Case& next) { next.edits[i].form = std::move(form); });
  return all;
}

}  // namespace

rc::Gen<Case> cases() {
  return [](const rc::Random& random, int size) {
    return rc::shrinkable::shrinkRecur(
        Maker(random).make(size), [](const Case& trial) { return rc::seq::fromContainer(smaller(trial)); });
  };
}

}  // namespace nanobug::properties

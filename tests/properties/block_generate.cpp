// block_generate: blocks of statements at random, an edit of them, and smaller ones of a block.
#include <algorithm>
#include <functional>

#include "tests/properties/block.h"

namespace nanobug::properties {
namespace {

using Form = Statement::Form;
using Kind = catalog::Edit::Kind;

class Maker {
 public:
  explicit Maker(const rc::Random& random) : random_(random) {}

  Block make(int size) {
    Block trial;
    crowded_ = chance(25);
    trial.body = list(2 + below(size), 0);
    choose_edit(trial);
    return trial;
  }

 private:
  int below(int n) { return n <= 1 ? 0 : static_cast<int>(random_.next() % n); }
  bool chance(int percent) { return below(100) < percent; }

  List list(int size, int depth) {
    List all;
    while (size > 0) {
      const int part = 1 + below(size);
      all.push_back(statement(part, depth));
      size -= part;
    }
    return all;
  }

  Statement statement(int size, int depth) {
    Statement made;
    made.number = ++number_;
    const bool simple = size <= 1 || depth > 3;
    if (simple) {
      static constexpr Form forms[] = {Form::call,   Form::call,     Form::call,
                                       Form::assign, Form::variable, Form::leave};
      made.form = forms[below(6)];
    } else {
      static constexpr Form forms[] = {Form::branch, Form::branch,      Form::loop,   Form::counted,
                                       Form::block,  Form::loop_behind, Form::branch, Form::choice};
      made.form = forms[below(8)];
      compound(made, size - 1, depth);
    }
    made.above = chance(10);
    made.behind = made.lists.empty() && chance(10);
    made.beside = crowded_ && chance(40);
    made.spaced = chance(10);
    made.macro = chance(5);
    made.guarded = chance(4);
    made.pragma = is_loop(made.form) && chance(10);
    return made;
  }

  static bool is_loop(Form form) {
    return form == Form::loop || form == Form::counted || form == Form::loop_behind;
  }

  void compound(Statement& made, int size, int depth) {
    if (made.form == Form::choice) {
      made.lists.push_back(cases(size, depth));
      return;
    }
    made.lists.push_back(list(size, depth + 1));
    if (made.form == Form::branch && chance(40)) made.lists.push_back(list(1 + below(size), depth + 1));
    if (made.form == Form::block) {
      Statement first;
      first.number = ++number_;
      made.lists[0].insert(made.lists[0].begin(), first);
      return;
    }
    for (size_t i = 0; i < made.lists.size(); ++i) {
      if (!chance(60)) continue;
      List& body = made.lists[i];
      made.bare[i] = true;
      body.resize(1);
      // A declaration may not be a body; a bare if before an else would take the else.
      if (body[0].form == Form::variable) body[0].form = Form::call;
      if (body[0].form == Form::block) body[0].form = Form::loop;
      if (i == 0 && made.lists.size() == 2 && !body[0].lists.empty()) made.bare[i] = false;
      if (made.bare[i]) body[0].likely = chance(8) && !body[0].pragma;
      body[0].behind = body[0].behind && !body[0].likely;
    }
  }

  List cases(int size, int depth) {
    List all;
    for (Statement& each : list(size, depth + 1)) {
      if (all.empty() || chance(50)) {
        Statement label;
        label.form = Form::label;
        label.number = ++number_;
        all.push_back(label);
      }
      if (each.form == Form::variable) each.form = Form::call;
      all.push_back(std::move(each));
    }
    return all;
  }

  // ---- edits

  static void collect(List& list, std::vector<Statement*>& all) {
    for (Statement& statement : list) {
      if (statement.form != Form::label) all.push_back(&statement);
      for (List& inner : statement.lists) collect(inner, all);
    }
  }

  static bool inside(Statement& outer, const Statement* statement) {
    std::vector<Statement*> all;
    for (List& inner : outer.lists) collect(inner, all);
    return &outer == statement || std::find(all.begin(), all.end(), statement) != all.end();
  }

  Statement simple(int number) {
    Statement made;
    made.number = number;
    return made;
  }

  Statement put_in() {
    Statement made = simple(900);
    switch (below(5)) {
      case 0:
        made.form = Form::branch;
        made.lists = {{simple(901)}};
        made.bare[0] = chance(70);
        break;
      case 1:
        made.form = Form::loop;
        made.lists = {{simple(901)}};
        made.bare[0] = chance(70);
        break;
      case 2:
        made.form = chance(50) ? Form::assign : Form::variable;
        break;
      default:
        break;
    }
    return made;
  }

  // {{m1}} in a statement of its own, or in a compound one.
  Statement around(const Statement& target) {
    Statement hole;
    hole.form = Form::hole;
    hole.mark = target.mark;
    hole.number =
        target.form == Form::call || target.form == Form::assign ? 1 : 0;  // an expression: `;` is ours
    Statement made = simple(900);
    made.form = chance(60) ? Form::branch : Form::loop;
    made.lists = {{hole}};
    made.bare[0] = target.form != Form::variable && target.form != Form::block && chance(60);
    return made;
  }

  void choose_edit(Block& trial) {
    std::vector<Statement*> all;
    collect(trial.body, all);
    Statement& target = *all[below(static_cast<int>(all.size()))];
    target.mark = 1;
    StatementEdit& edit = trial.edit;
    edit.target = 1;
    edit.kind = static_cast<Kind>(below(7));
    if (edit.kind == Kind::move_before || edit.kind == Kind::move_after || edit.kind == Kind::swap) {
      std::vector<Statement*> apart;
      for (Statement* each : all)
        if (!inside(target, each) && !inside(*each, &target)) apart.push_back(each);
      if (apart.empty()) {
        edit.kind = Kind::remove;
        return;
      }
      apart[below(static_cast<int>(apart.size()))]->mark = 2;
      edit.other = 2;
    } else if (edit.kind != Kind::remove) {
      edit.with = edit.kind == Kind::replace && chance(50) ? around(target) : put_in();
    }
  }

  rc::Random random_;
  int number_ = 0;
  bool crowded_ = false;  // statements share lines
};

// ---- smaller ones

bool has_mark(const Statement& statement) {
  if (statement.mark) return true;
  for (const List& list : statement.lists)
    for (const Statement& each : list)
      if (has_mark(each)) return true;
  return false;
}

// Every way to take one thing from a list; `make` rebuilds the block around it.
void smaller(const List& list, const std::function<void(List)>& make) {
  for (size_t i = 0; i < list.size(); ++i) {
    const auto changed = [&](const std::function<void(List&)>& change) {
      List copy = list;
      change(copy);
      make(std::move(copy));
    };
    if (!has_mark(list[i])) changed([i](List& copy) { copy.erase(copy.begin() + static_cast<long>(i)); });
    const auto plainer = [&](auto member, bool now) {
      if (now) changed([i, member](List& copy) { copy[i].*member = false; });
    };
    if (!list[i].mark)  // what is in it in its place
      for (const List& inner : list[i].lists)
        changed([&](List& copy) {
          copy.erase(copy.begin() + static_cast<long>(i));
          copy.insert(copy.begin() + static_cast<long>(i), inner.begin(), inner.end());
        });
    if (list[i].lists.size() == 2) changed([i](List& copy) { copy[i].lists.pop_back(); });
    plainer(&Statement::likely, list[i].likely);
    plainer(&Statement::above, list[i].above);
    plainer(&Statement::behind, list[i].behind);
    plainer(&Statement::beside, list[i].beside);
    plainer(&Statement::macro, list[i].macro);
    plainer(&Statement::pragma, list[i].pragma);
    plainer(&Statement::guarded, list[i].guarded);
    plainer(&Statement::spaced, list[i].spaced);
    if (list[i].lists.empty() && list[i].form != Form::call && list[i].form != Form::label &&
        list[i].form != Form::hole)
      changed([i](List& copy) { copy[i].form = Form::call; });
    for (size_t l = 0; l < list[i].lists.size(); ++l) {
      if (list[i].bare[l]) changed([i, l](List& copy) { copy[i].bare[l] = false; });
      smaller(list[i].lists[l], [&](List inner) {
        if (inner.empty() && (list[i].bare[l] || list[i].form == Form::block)) return;
        List copy = list;
        copy[i].lists[l] = std::move(inner);
        make(std::move(copy));
      });
    }
  }
}

bool has(const List& list, int mark) {
  for (const Statement& each : list) {
    if (each.mark == mark) return true;
    for (const List& inner : each.lists)
      if (has(inner, mark)) return true;
  }
  return false;
}

// Labels stand in a switch, and nothing else than a call begins a block, by which it is found.
bool sound(const List& list, bool in_choice) {
  for (size_t i = 0; i < list.size(); ++i) {
    const Statement& each = list[i];
    if (each.form == Form::label && !in_choice) return false;
    if (each.form == Form::choice && (each.lists[0].empty() || each.lists[0][0].form != Form::label))
      return false;
    if (each.form == Form::block && (each.lists[0].empty() || each.lists[0][0].form != Form::call))
      return false;
    if (each.form == Form::branch && each.lists.size() == 2 && each.bare[0] &&
        !each.lists[0][0].lists.empty())
      return false;
    for (size_t l = 0; l < each.lists.size(); ++l) {
      if (each.bare[l] && (each.lists[l].size() != 1 || each.lists[l][0].form == Form::variable ||
                           each.lists[l][0].form == Form::block))
        return false;
      if (!sound(each.lists[l], each.form == Form::choice)) return false;
    }
  }
  return true;
}

std::vector<Block> smaller(const Block& trial) {
  std::vector<Block> all;
  smaller(trial.body, [&](List body) {
    Block next = trial;
    next.body = std::move(body);
    if (sound(next.body, false) && has(next.body, 1) && (!next.edit.other || has(next.body, 2)))
      all.push_back(std::move(next));
  });
  return all;
}

}  // namespace

rc::Gen<Block> blocks() {
  return [](const rc::Random& random, int size) {
    return rc::shrinkable::shrinkRecur(
        Maker(random).make(size), [](const Block& trial) { return rc::seq::fromContainer(smaller(trial)); });
  };
}

}  // namespace nanobug::properties

// edits: see edits.h.
#include "mutator/rewrite/edits.h"

#include <algorithm>
#include <cctype>

#include "mutator/rewrite/allowed.h"
#include "mutator/rewrite/branches.h"
#include "mutator/rewrite/effects.h"
#include "mutator/rewrite/exchange.h"
#include "mutator/rewrite/parentheses.h"
#include "mutator/rewrite/pieces.h"
#include "mutator/rewrite/selection.h"
#include "mutator/rewrite/surgery.h"
#include "mutator/rewrite/whole.h"

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;
using Kind = catalog::Edit::Kind;

class Drafter {
 public:
  Drafter(const CompiledPart& part, Unit& unit, const BoundNodes& nodes)
      : part_(part),
        unit_(unit),
        tokens_(unit.tokens),
        nodes_(nodes),
        targets_(part, unit, nodes),
        allowed_(part, unit, nodes, targets_) {}

  Result<Drafted> draft() {
    for (const auto& [id, node] : nodes_.getMap())
      if (const auto given = targets_.given_by(node)) {
        if (given->begin < given->end)
          bound_[id] = {std::string(tokens_.text(*given)), !is_list(tokens_, *given), false, *given};
      } else if (auto text = source_of(unit_, targets_.match(), id, node); !text.text.empty())
        bound_[id] = std::move(text);
      else if (const auto* capture = node.get<clang::LambdaCapture>())
        if (const auto span = capture_span(unit_, *capture))
          bound_[id] = {std::string(tokens_.text(*span)), false, false, *span};
    for (size_t i = 0; i < part_.edits.size(); ++i) NANOBUG_TRY(cut(i));
    NANOBUG_TRY(leave_whole());
    Drafted result{std::move(cuts_), {}};
    for (const auto& [id, value] : bound_) result.bound[id] = value.text;
    return result;
  }

 private:
  // ---- what the parts of an edit stand for

  tl::unexpected<Error> wrong(size_t edit, unsigned offset, const std::string& message) {
    return rewrite::wrong(unit_, part_.part->edits[edit], offset, message);
  }

  Result<std::string> filled(size_t edit, unsigned offset) {
    for (const Piece& piece : part_.edits[edit].pieces)
      if (piece.placeholder && !bound_.contains(piece.text))
        return wrong(edit, offset,
                     "'" + piece.text + "' has no text of its own here, it comes out of a macro");
    // What the rule writes is indented as the place is; what it takes from the file as the line is that it
    // comes to stand in.
    std::vector<Piece> pieces = part_.edits[edit].pieces;
    std::string whole, own;
    for (const Piece& piece : pieces) {
      whole += piece.placeholder ? bound_[piece.text].text : piece.text;
      own += piece.text;
    }
    const size_t step = is_of_tabs(unit_.text) ? indentation_step(own) : 0;
    const Tokens tokens(whole);
    unsigned at = 0;
    std::map<std::string, Bound> bound;
    std::string filled;
    for (Piece& piece : pieces) {
      const unsigned end = at + (piece.placeholder ? bound_[piece.text].text : piece.text).size();
      if (!piece.placeholder) {
        piece.text = with_indented_lines(tokens, {at, end}, indentation(unit_.text, offset), step);
        filled += piece.text;
      } else {
        Bound moved = bound_[piece.text];
        const bool below = filled.find('\n') != std::string::npos;
        if (moved.span)
          moved.text = with_lines_moved(moved.text, indentation(unit_.text, moved.span->begin),
                                        indentation(below ? std::string_view(filled) : unit_.text,
                                                    below ? static_cast<unsigned>(filled.size()) : offset));
        if (pieces.size() > 1 && is_looser_elsewhere(unit_, moved.text)) moved.text = "(" + moved.text + ")";
        filled += moved.text;
        // The same may stand in two places, each with its own.
        const std::string id = piece.text + " " + std::to_string(bound.size());
        piece.text = id;
        bound[id] = std::move(moved);
      }
      at = end;
    }
    return with_line_ends_of(unit_.text, fill_in(pieces, bound), offset);
  }

  // ---- one edit

  Status cut(size_t edit) {
    const auto target = targets_.of(edit);
    NANOBUG_TRY(target);
    const size_t first = cuts_.size();
    NANOBUG_TRY(cut(edit, *target));
    for (size_t i = first; i < cuts_.size(); ++i) {
      for (const Piece& piece : part_.edits[edit].pieces)
        if (piece.placeholder && bound_[piece.text].span) carry(cuts_[i], *bound_[piece.text].span);
      for (const Span& carried : cuts_[i].carried)
        NANOBUG_TRY(allowed_.means_the_same_there(edit, carried, cuts_[i].span.begin));
    }
    return {};
  }

  // A block perhaps without its braces.
  void carry(Cut& cut, Span span) const {
    cut.carried.push_back(span);
    if (tokens_.is(tokens_.after(span.begin), "{") && span.end - span.begin > 2)
      cut.carried.push_back({span.begin + 1, span.end - 1});
  }

  Status cut(size_t edit, const Target& target) {
    if (const auto before = part_.edits[edit].before) return insert(edit, target, *before);
    switch (part_.part->edits[edit].kind) {
      case Kind::replace:
        return replace(edit, target);
      case Kind::remove:
        return remove(edit, targets_.with_parentheses(edit, target));
      case Kind::insert_before:
        return insert(edit, target, true);
      case Kind::insert_after:
        return insert(edit, target, false);
      case Kind::move_before:
        return move(edit, target, true);
      case Kind::move_after:
        return move(edit, target, false);
      case Kind::swap:
        return swap(edit, target);
    }
    return {};
  }

  void add(size_t edit, Span span, std::string text, bool lines = false) {
    cuts_.push_back({span, std::move(text), edit, lines});
  }

  // The comment of the one before, which stays, comes to the end of the line where the last one stood.
  void take(size_t edit, Taken taken) {
    const Tokens stays(taken.stays);
    const bool is_comment =
        !stays.all().empty() && stays.all()[0].kind == Token::Kind::comment && stays.all().size() == 1;
    const auto own = is_comment && line_of(taken.span.begin) < line_of(taken.span.end)
                         ? comment_of_line(tokens_, taken.span.end)
                         : std::nullopt;
    if (own) put_comment(edit, *own, taken.stays);
    add(edit, taken.span, own ? "" : std::move(taken.stays));
  }

  // A range's own blanks at its ends stay where the text that comes has none there.
  Span with_blanks_of(const std::string& text, Span span) const {
    const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    if (text.empty()) return span;
    const Span bare = without_blanks(unit_.text, span);
    return {blank(text.front()) ? span.begin : bare.begin, blank(text.back()) ? span.end : bare.end};
  }

  // What an expression was replaced with is one again, unless it says otherwise.
  static bool is_expression(const std::string& text) {
    const Tokens tokens(text);
    const Token* last = tokens.before(static_cast<unsigned>(text.size()));
    return last && !tokens.is(last, ";") && !tokens.is(tokens.after(0), "{");
  }

  Status replace(size_t edit, const Target& target) {
    auto text = filled(edit, target.span.begin);
    NANOBUG_TRY(text);
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    NANOBUG_TRY(allowed_.stays_under_pragma(edit, target));
    if (Tokens(*text).after(0) == nullptr) NANOBUG_TRY(allowed_.can_be_without(edit, target));
    NANOBUG_TRY(allowed_.stays_one_elsewhere(edit, target, *text));
    const bool expression = target.expression && is_expression(*text);
    const auto own = targets_.selected_by(edit, target);
    NANOBUG_TRY(own);
    Span span = *own;
    if (target.expression) NANOBUG_TRY(allowed_.is_whole_everywhere(edit, span));
    NANOBUG_TRY(allowed_.is_of_one_declarator(edit, target));
    // Braces that are written take the place of those that are there.
    if (target.given && Tokens(*text).is(Tokens(*text).after(0), "{") &&
        tokens_.is(tokens_.before(span.begin), "{"))
      span = {tokens_.before(span.begin)->span.begin, tokens_.after(span.end)->span.end};
    if (target.range) span = with_blanks_of(*text, span);
    if (expression) span = targets_.slot(edit, target.expression, span);
    text->erase(0, std::min(text->find_first_not_of(" \t"), text->size()));
    if (expression && is_split_elsewhere(unit_, span, without_marks(*text))) *text = "(" + *text + ")";
    if (const auto inside = statements_of_block(edit, target)) *text = *inside;
    add(edit, span, expression && !target.given && !is_one_piece(*text) ? marked(*text) : *text);
    if (expression) keep_its_comment(edit, span);
    return {};
  }

  // A block that comes to stand alone in another one needs no braces, unless it declares something.
  std::optional<std::string> statements_of_block(size_t edit, const Target& target) {
    const std::vector<Piece>& pieces = part_.edits[edit].pieces;
    if (pieces.size() != 1 || !pieces[0].placeholder || !target.is(Whole::Role::statement))
      return std::nullopt;
    const auto* block = nodes_.getNodeAs<clang::CompoundStmt>(pieces[0].text);
    if (!block || block->body_empty()) return std::nullopt;
    for (const clang::Stmt* each : block->body())
      if (!may_be_in_the_block_around(*each, target)) return std::nullopt;
    const auto whole = range_span(unit_, block->getSourceRange());
    if (!whole || directive_in(tokens_, *whole)) return std::nullopt;
    const Span inside = without_blanks(unit_.text, {whole->begin + 1, whole->end - 1});
    std::string text = with_lines_moved(tokens_.text(inside), indentation(unit_.text, inside.begin),
                                        indentation(unit_.text, target.span.begin));
    if (ends_in_line_comment(text)) return std::nullopt;
    return text;
  }

  // What it declares is then there for longer, and beside other names.
  bool may_be_in_the_block_around(const clang::Stmt& statement, const Target& target) {
    if (llvm::isa<clang::LabelStmt>(statement)) return false;
    const auto* declared = llvm::dyn_cast<clang::DeclStmt>(&statement);
    if (!declared) return true;
    const Span around = enclosing_braces(tokens_, target.span);
    const std::string beside = std::string(tokens_.text({around.begin, target.span.begin})) +
                               std::string(tokens_.text({target.span.end, around.end}));
    return std::all_of(declared->decl_begin(), declared->decl_end(), [&](const clang::Decl* each) {
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(each);
      return variable && variable->hasLocalStorage() && is_value(variable->getType()) &&
             !mentions(beside, variable->getNameAsString());
    });
  }

  // Where of an expression a part stays, so does the comment on that part's line, and the one on the line of
  // what goes does not.
  void keep_its_comment(size_t edit, Span whole) {
    const std::vector<Piece>& pieces = part_.edits[edit].pieces;
    const auto kept =
        pieces.size() == 1 && pieces[0].placeholder ? bound_[pieces[0].text].span : std::nullopt;
    if (!kept || kept->begin != whole.begin || kept->end >= whole.end) return;
    const auto own = comment_of_line(tokens_, whole.end);
    if (!own || line_of(kept->end) == line_of(whole.end)) return;
    if (const auto text = comment_within(kept->end, whole.end)) put_comment(edit, *own, *text);
  }

  unsigned line_of(unsigned at) const { return whole_lines(unit_.text, {at, at}).begin; }

  // The comment at the end of the line of `at`, with the blanks before it, behind nothing but an operator's
  // sign; "" where there is none before `end`. Nothing where other code stands on the line.
  std::optional<std::string> comment_within(unsigned at, unsigned end) const {
    const unsigned line = whole_lines(unit_.text, {at, at}).end;
    for (const Token* token = tokens_.after(at, true); token && token->span.begin < std::min(end, line);
         token = tokens_.after(token->span.end, true)) {
      if (token->kind == Token::Kind::comment) {
        const Token* next = tokens_.after(token->span.end, true);
        if (next && next->span.begin < line) return std::nullopt;
        return std::string(tokens_.text(with_blanks_before(token->span)));
      }
      if (token->kind != Token::Kind::sign || tokens_.is(token, ")") || tokens_.is(token, "("))
        return std::nullopt;
    }
    return "";
  }

  Span with_blanks_before(Span span) const {
    while (span.begin > 0 && (unit_.text[span.begin - 1] == ' ' || unit_.text[span.begin - 1] == '\t'))
      --span.begin;
    return span;
  }

  // Another one in the place of a comment at a line's end, or none; as near to the code as the nearer of the
  // two.
  void put_comment(size_t edit, Span comment, const std::string& text) {
    const Span whole = with_blanks_before(comment);
    const std::string said(Tokens(text).text(without_blanks(text, {0, static_cast<unsigned>(text.size())})));
    const size_t blanks = std::min<size_t>(comment.begin - whole.begin, text.find_first_not_of(" \t"));
    add(edit, whole, said.empty() ? "" : std::string(blanks, ' ') + said);
  }

  // A name or a literal, and nothing that a macro gives: no operator beside it can take a part of it.
  bool is_one_piece(const std::string& text) const {
    const Tokens tokens(text);
    const bool plain = tokens.all().size() == 1 && tokens.all()[0].kind != Token::Kind::sign &&
                       tokens.all()[0].kind != Token::Kind::comment && tokens.text(tokens.all()[0]) == text;
    return plain && text != "throw" && !unit_.is_macro(text);
  }

  // An if's second body with its `else`.
  std::optional<Span> else_of(const Target& target) const {
    if (!target.is(Whole::Role::only_body) || !target.whole->is_else ||
        !tokens_.is(tokens_.after(target.span.begin), "{"))
      return std::nullopt;
    const Token* word = tokens_.before(target.span.begin);
    const Token* last = word ? tokens_.before(word->span.begin) : nullptr;
    if (!tokens_.is(word, "else") || !(tokens_.is(last, ";") || tokens_.is(last, "}")) ||
        directive_in(tokens_, {word->span.begin, target.span.end}))
      return std::nullopt;
    return Span{word->span.begin, target.span.end};
  }

  static constexpr const char* kOnlyBody =
      "this is the one statement of an if or a loop, and the next would take its place; "
      "remove the whole of it, or replace the statement";
  static constexpr const char* kOnlyBodyOfElse =
      "this is the one statement of an else, and the next would take its place; "
      "remove the whole of it with elseBranch(), or replace the statement";

  Status remove(size_t edit, const Target& target) {
    using Role = Whole::Role;
    if (const auto otherwise = else_of(target)) {  // an if may be without
      NANOBUG_TRY(allowed_.is_alone_elsewhere(edit, target));
      add(edit, behind_what_stays(tokens_, *otherwise), "");
      return {};
    }
    const bool is_else = target.whole && target.whole->is_else;
    NANOBUG_TRY(allowed_.may_go(edit, target, is_else ? kOnlyBodyOfElse : kOnlyBody));
    NANOBUG_TRY(allowed_.can_be_without(edit, target));
    if (target.is(Role::part) && part_.part->edits[edit].target.value.starts_with("statement"))
      return wrong(edit, target.span.begin,
                   "'" + part_.part->edits[edit].target.value +
                       "' is a part of a larger statement; bind the whole of it, or replace it");
    if (target.is_statement()) {
      const Span whole = with_comments(tokens_, target.span);
      add(edit, whole, "", is_whole_lines(unit_.text, whole));
      return {};
    }
    if (target.is(Role::handler)) {
      add(edit, behind_what_stays(tokens_, target.span), "");
      return {};
    }
    // A macro's call, say, that has its line for itself.
    if (target.range && is_whole_lines(unit_.text, with_comments(tokens_, target.span))) {
      add(edit, with_comments(tokens_, target.span), "", true);
      return {};
    }
    if (const auto designator = designator_counted_from(tokens_, target.span))
      return wrong(edit, target.at,
                   "the value behind this one is counted from '" + *designator +
                       "' and would be for something else; replace this one, or the whole list");
    if (const auto* of = target.expression && target.whole ? target.whole->initializes : nullptr)
      if (const auto whole = whole_initializer(unit_, *of, target.span)) {
        add(edit, *whole, "");
        return {};
      }
    if (target.is_attribute) {
      take(edit, whole_attribute(tokens_, target.span));
      return {};
    }
    if (target.whole && target.whole->is_init) {
      const Token* semicolon = tokens_.after(target.span.end);
      const Token* next = tokens_.is(semicolon, ";") ? tokens_.after(semicolon->span.end) : nullptr;
      if (next) {
        add(edit, {target.span.begin, next->span.begin}, "");
        return {};
      }
    }
    if (target.is(Role::element) && take_beside_a_branch(edit, target.span)) return {};
    const bool listed = target.is(Role::element) || target.is(Role::initializer);
    if (const auto branch = listed ? branch_beside(tokens_, target.span) : std::nullopt)
      return wrong(
          edit, target.at,
          "'" + *branch + "' stands beside this one of a list, and a comma with it; replace it instead");
    const bool separated = target.is(Role::initializer) || target.is(Role::declarator);
    take(edit, separated ? with_separator(tokens_, target.span) : with_comma(tokens_, target.span));
    if (target.parameter)
      for (const Span& line : documentation_of(unit_, *target.parameter)) add(edit, line, "", true);
    return {};
  }

  // The last of a list in braces whose last comma stands in a branch of the preprocessor: its line goes.
  bool take_beside_a_branch(size_t edit, Span span) {
    const Token* left = tokens_.before(span.begin);
    if (!left || !is_in_directive(tokens_, left->span.begin) || !tokens_.is(tokens_.after(span.end), "}"))
      return false;
    const Span lines = with_comments(tokens_, span);
    if (!is_whole_lines(unit_.text, lines)) return false;
    add(edit, lines, "", true);
    return true;
  }

  // `text` beside the anchor: on lines of its own where the anchor has them.
  void put_beside(size_t edit, Span anchor, bool before, std::string text) {
    const std::string end = line_end(unit_.text, anchor.begin);
    if (!is_whole_lines(unit_.text, anchor)) return put_on_its_line(edit, anchor, before, text, end);
    const unsigned at = before ? anchor.begin : anchor.end;
    if (text.empty() || text.back() != '\n') text += end;
    if (!before && unit_.text[anchor.end - 1] != '\n') {  // at the end of a file that has none there
      text = end + text;
      while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    }
    add(edit, {at, at}, std::move(text));
  }

  // Nothing may come to stand behind a `//`, on its line.
  void put_on_its_line(size_t edit, Span anchor, bool before, const std::string& text,
                       const std::string& end) {
    const std::string bare(Tokens(text).text(without_blanks(text, {0, static_cast<unsigned>(text.size())})));
    const std::string own_line = end + indentation(unit_.text, anchor.begin);
    const std::string behind = ends_in_line_comment(bare) ? own_line : " ";
    const Span place = without_blanks(unit_.text, anchor);
    if (before)
      add(edit, {place.begin, place.begin}, bare + behind);
    else if (ends_in_line_comment(tokens_.text(place)))
      add(edit, {place.end, place.end}, own_line + bare);
    else
      add(edit, {place.end, place.end}, " " + bare + (behind == " " ? "" : behind));
  }

  // Does a text that comes beside an expression make another one of it: an operator with its other operand, a
  // call, an index?
  static bool binds(const Tokens& text, bool before) {
    int depth = 0;
    for (const Token& token : text.all()) {
      const std::string_view said = text.text(token);
      depth += said == "(" || said == "[" || said == "{"   ? 1
               : said == ")" || said == "]" || said == "}" ? -1
                                                           : 0;
      if (depth < 0) return false;
    }
    const Token* joint = before ? text.before(static_cast<unsigned>(text.text().size())) : text.after(0);
    if (depth != 0 || !joint) return false;
    for (const char* apart : {",", ";", ":", "{", "}", "#", "..."})
      if (text.is(joint, apart)) return false;
    return joint->kind == Token::Kind::sign || joint->kind == Token::Kind::word;
  }

  // It is then the whole expression that the text comes beside, and what they become stands for one.
  void bind(size_t edit, const Target& anchor, Span own, bool before, const std::string& text) {
    auto bound = std::find_if(bound_to_.begin(), bound_to_.end(),
                              [&](const BoundTo& each) { return each.own == own; });
    const bool atom = is_atom(*anchor.expression, unit_.context());
    Cut plain = std::move(cuts_.back());
    cuts_.pop_back();
    if (bound == bound_to_.end()) {
      bound =
          bound_to_.insert(bound, {cuts_.size(), std::move(plain), own, !before && atom && is_postfix(text)});
      add(edit, targets_.slot(edit, anchor.expression, own), "");
      cuts_.back().carried = {own};
    }
    // In the order of the rule, and what comes behind is said of all before it.
    (before ? bound->before : bound->behind).push_back(text);
    std::string all(tokens_.text(own));
    if (!atom) all = marked(all);
    for (auto each = bound->before.rbegin(); each != bound->before.rend(); ++each) all = marked(*each + all);
    for (const std::string& each : bound->behind) all = marked(all + each);
    Cut& cut = cuts_[bound->number];
    cut.text = is_split_elsewhere(unit_, cut.span, without_marks(all)) ? "(" + all + ")" : all;
  }

  static bool is_postfix(const std::string& text) {
    const Tokens tokens(text);
    for (const char* sign : {".", "->", "[", "("})
      if (tokens.is(tokens.after(0), sign)) return true;
    return false;
  }

  // Where another edit is made inside of the expression only what holds to it anyway can come beside it.
  Status leave_whole() {
    for (BoundTo& each : bound_to_) {
      const Span span = cuts_[each.number].span;
      for (size_t i = 0; i < cuts_.size(); ++i) {
        if (i == each.number || cuts_[i].span.end <= span.begin || span.end <= cuts_[i].span.begin) continue;
        if (!each.holds)
          return wrong(
              cuts_[each.number].edit, span.begin,
              "another edit changes a part of the expression that this text comes beside; put both into "
              "one replacement");
        cuts_[each.number] = each.plain;
        break;
      }
    }
    return {};
  }

  Status insert(size_t edit, const Target& anchor, bool before) {
    auto text = filled(edit, anchor.span.begin);
    NANOBUG_TRY(text);
    const Tokens tokens(*text);
    const bool statement = nanobug::rewrite::is_statement(tokens, {0, static_cast<unsigned>(text->size())}) ||
                           (anchor.is_statement() && is_all_directives(tokens));
    if (!anchor.is_statement() || !statement) {
      const auto own = targets_.selected_by(edit, anchor);
      NANOBUG_TRY(own);
      const unsigned at =
          before ? beside_in_list(tokens, own->begin, true) : beside_in_list(tokens, own->end, false);
      add(edit, {at, at}, *text);
      if (anchor.expression && !llvm::isa<clang::InitListExpr>(anchor.expression) && binds(tokens, before))
        bind(edit, anchor, *own, before, *text);
      return {};
    }
    if (anchor.is(Whole::Role::only_body))
      return wrong(edit, anchor.span.begin,
                   "this is the one statement of an if or a loop; there is no room beside it");
    NANOBUG_TRY(allowed_.is_alone_elsewhere(edit, anchor));
    const Status fits = before ? allowed_.not_under_pragma(edit, anchor) : allowed_.is_no_value(edit, anchor);
    NANOBUG_TRY(fits);
    const Span bare = anchor.range ? without_blanks(unit_.text, anchor.span) : anchor.span;
    const std::string indent = is_all_directives(tokens) ? "" : indentation(unit_.text, bare.begin);
    // A pragma is about what stands directly below it.
    const bool pragma = is_all_directives(tokens) && !is_declared_there(tokens);
    put_beside(edit, pragma && before ? whole_lines_of(bare) : with_comments(tokens_, bare), before,
               indent + *text);
    return {};
  }

  // One more of a list comes before what a comment says of the next, or behind what one says of this.
  unsigned beside_in_list(const Tokens& text, unsigned at, bool before) const {
    if (before) {
      const bool one = text.is(text.before(static_cast<unsigned>(text.text().size())), ",");
      return one ? named_in_front(tokens_, at) : at;
    }
    const Token* comment = tokens_.after(at, true);
    const bool is_one = comment && comment->kind == Token::Kind::comment &&
                        tokens_.text(*comment).starts_with("/*") && text.is(text.after(0), ",") &&
                        tokens_.text({at, comment->span.end}).find('\n') == std::string_view::npos;
    return is_one ? comment->span.end : at;
  }

  static bool is_declared_there(const Tokens& tokens) {
    return directive(tokens, tokens.after(0)) != "pragma";
  }

  Span whole_lines_of(Span span) const {
    const Span lines = with_comments(tokens_, span);
    if (!is_whole_lines(unit_.text, lines)) return lines;
    return {whole_lines(unit_.text, {span.begin, span.begin}).begin, lines.end};
  }

  Status move(size_t edit, const Target& target, bool before) {
    const auto other = targets_.second(edit);
    NANOBUG_TRY(other);
    const Span span = target.span, anchor = other->span;
    // Out of what encloses it it can go.
    if (span.begin <= anchor.begin && anchor.begin < span.end)
      return wrong(edit, target.at, "a piece cannot be moved into or around itself");
    if (target.is_statement() != other->is_statement())
      return wrong(edit, span.begin, "a statement moves beside a statement, an argument beside an argument");
    if (!target.is_statement()) {
      NANOBUG_TRY(allowed_.is_for_nothing_else(edit, span));
      NANOBUG_TRY(allowed_.is_for_nothing_else(edit, anchor));
      NANOBUG_TRY(allowed_.is_one_of_a_list(edit, target));
      NANOBUG_TRY(allowed_.is_one_of_a_list(edit, *other));
      const bool separated = target.is(Whole::Role::initializer) || target.is(Whole::Role::declarator);
      const Span whole = targets_.with_parentheses(edit, target).span;
      take(edit, separated ? with_separator(tokens_, whole) : with_comma(tokens_, whole));
      std::string text(tokens_.text(span));
      if (target.expression && !is_atom(*target.expression, unit_.context())) text = marked(text);
      // `/*lr=*/` is said of what stands behind it.
      text = std::string(tokens_.text({named_in_front(tokens_, whole.begin), whole.begin})) + text;
      const Span beside = targets_.with_parentheses(edit, *other).span;
      const unsigned at = before ? named_in_front(tokens_, beside.begin) : beside.end;
      add(edit, {at, at}, before ? text + ", " : ", " + text);
      cuts_.back().carried = {span};
      return {};
    }
    static constexpr const char* kStays =
        "the one statement of an if or a loop cannot move, and nothing can beside it";
    NANOBUG_TRY(allowed_.may_go(edit, target, kStays));
    if (target.is_case()) {
      NANOBUG_TRY(allowed_.stands_alone(edit, target));
      NANOBUG_TRY(before ? allowed_.is_entered_by_its_label(edit, *other)
                         : allowed_.stands_alone(edit, *other));
    }
    if (other->is(Whole::Role::only_body)) return wrong(edit, span.begin, kStays);
    NANOBUG_TRY(allowed_.is_alone_elsewhere(edit, *other));
    const Status fits = before ? allowed_.not_under_pragma(edit, *other) : allowed_.is_no_value(edit, *other);
    NANOBUG_TRY(fits);
    const Span whole = with_comments(tokens_, span);
    std::string text = reindented(tokens_.text(whole), indentation(unit_.text, span.begin),
                                  indentation(unit_.text, anchor.begin));
    add(edit, whole, "", is_whole_lines(unit_.text, whole));
    put_beside(edit, with_comments(tokens_, anchor), before, std::move(text));
    cuts_.back().carried = {whole};
    return {};
  }

  Status swap(size_t edit, const Target& one) {
    const auto other = targets_.second(edit);
    NANOBUG_TRY(other);
    if (one.is_statement() && other->is_statement()) {
      if (one.is_case() || other->is_case()) {
        NANOBUG_TRY(allowed_.stands_alone(edit, one));
        NANOBUG_TRY(allowed_.stands_alone(edit, *other));
      }
      const Span a = one.span, b = other->span;
      const Span all_a = with_comments(tokens_, a), all_b = with_comments(tokens_, b);
      const std::string in_a = indentation(unit_.text, a.begin), in_b = indentation(unit_.text, b.begin);
      NANOBUG_TRY(allowed_.not_under_pragma(edit, one));
      NANOBUG_TRY(allowed_.not_under_pragma(edit, *other));
      NANOBUG_TRY(allowed_.is_no_value(edit, one));
      NANOBUG_TRY(allowed_.is_no_value(edit, *other));
      NANOBUG_TRY(allowed_.is_alone_elsewhere(edit, one));
      NANOBUG_TRY(allowed_.is_alone_elsewhere(edit, *other));
      if (is_whole_lines(unit_.text, all_a) && is_whole_lines(unit_.text, all_b)) {
        add(edit, all_a, reindented(tokens_.text(all_b), in_b, in_a));
        cuts_.back().carried = {all_b};
        add(edit, all_b, reindented(tokens_.text(all_a), in_a, in_b));
        cuts_.back().carried = {all_a};
        return {};
      }
    }
    if (one.is(Whole::Role::only_body) && other->is(Whole::Role::only_body) &&
        differ_in_layout(tokens_, one.span, other->span)) {
      for (const auto& [from, into] : {std::pair(other->span, one.span), std::pair(one.span, other->span)}) {
        const Body body = body_in_place(tokens_, from, into);
        add(edit, body.span, body.text);
        cuts_.back().carried = {from};
      }
      return {};
    }
    for (const Target* each : {&one, &*other})
      if (each->expression) NANOBUG_TRY(allowed_.is_whole_everywhere(edit, each->span));
    const auto put = [&](Span from, const Target& from_target, Span into) {
      const bool loose = from_target.expression && !is_atom(*from_target.expression, unit_.context());
      std::string text(tokens_.text(from));
      const bool split = from_target.expression && is_split_elsewhere(unit_, into, text);
      if (split) text = "(" + text + ")";
      add(edit, into, loose && !split ? marked(text) : text);
      cuts_.back().carried = {from};
    };
    const auto place_of = [&](const Target& each) {
      return each.given ? *each.given : targets_.slot(edit, each.expression, each.span);
    };
    const Span of_one = one.given.value_or(one.span), of_other = other->given.value_or(other->span);
    put(of_other, *other, place_of(one));
    put(of_one, one, place_of(*other));
    return {};
  }

  const CompiledPart& part_;
  Unit& unit_;
  const Tokens& tokens_;
  const BoundNodes& nodes_;
  Targets targets_;
  Allowed allowed_;
  std::map<std::string, Bound> bound_;
  std::vector<Cut> cuts_;
  // An insertion that took an expression in: which cut, without it, where that stands, whether it holds to it
  // anyway, and the texts.
  struct BoundTo {
    size_t number;
    Cut plain;
    Span own;
    bool holds;
    std::vector<std::string> before = {}, behind = {};
  };
  std::vector<BoundTo> bound_to_;
};

}  // namespace

Result<Drafted> draft(const CompiledPart& part, Unit& unit, const BoundNodes& match) {
  return Drafter(part, unit, match).draft();
}

}  // namespace nanobug::rewrite

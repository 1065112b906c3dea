// surgery: what else has to be cut when a piece of C++ is taken out, so that nothing shows there ever was
// one: its comment, its line, the comma beside it, the second of two blank lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// Does the span hold a whole statement or declaration, by its own text and what stands before it?
bool is_statement(const Tokens& tokens, Span span);

// Is it the one unbraced statement of an if, else or loop? Taking it out would put the next one in its place.
bool is_only_body(const Tokens& tokens, Span span);

// The statement with the comment block directly above it, the comment behind it, and its whole lines where it
// shares them with nothing else.
Span with_comments(const Tokens& tokens, Span statement);

// An else or a handler, with all behind the block that it goes on from.
Span behind_what_stays(const Tokens& tokens, Span span);

// The lines that the span lies in.
Span whole_lines(std::string_view text, Span span);

// Does the span begin and end with whole lines?
bool is_whole_lines(std::string_view text, Span span);

// Where what an initialiser is for begins: .beta1 = 0.9, .rows[2].width = 3, [1 ... 3] = 7, .warmup{1, 2};
// the value itself where nothing says it.
unsigned with_designator(const Tokens& tokens, unsigned value);

// That text (".beta1 =") of a value that has it.
std::optional<std::string> designator_of(const Tokens& tokens, unsigned value);

// The same where the next value has none: it is counted from this one.
std::optional<std::string> designator_counted_from(const Tokens& tokens, Span element);

// What goes with one of a list, and what of it stays: the comment of the one before, which stood behind the
// comma between them.
struct Taken {
  Span span;
  std::string stays = {};
};

// An argument, parameter or initialiser together with the comma that goes with it; any other span unchanged.
Taken with_comma(const Tokens& tokens, Span element);

// The span without the blanks at its ends; a blank one as it is.
Span without_blanks(std::string_view text, Span span);

// A constructor's initialiser or one declarator of several, with the comma, or the colon, that goes with it.
Taken with_separator(const Tokens& tokens, Span piece);

// What stands last in a list, behind a comma, with that.
Taken last_of_list(const Tokens& tokens, Span element);

// The comment at the end of the line of `at`, behind nothing but what closes there: `);`, `) {`.
std::optional<Span> comment_of_line(const Tokens& tokens, unsigned at);

// Would what is put behind the text, on its last line, be a part of its comment?
bool ends_in_line_comment(std::string_view text);

// Where a line ends, with those that a backslash at its end joins to it.
unsigned end_of_spliced_line(std::string_view text, unsigned offset);

// The bracket of the same kind that this one closes, or that closes it; null where there is none.
const Token* opening(const Tokens& tokens, const Token* close);
const Token* closing(const Tokens& tokens, const Token* open);

// Is there a comma in it that is in none of its brackets?
bool is_list(const Tokens& tokens, Span span);

// The braces of the function around a place, with its parameters; the whole text where there are none.
Span enclosing_braces(const Tokens& tokens, Span place);

// What is called, where brackets end with this token; else the token itself. It may be a macro's name.
const Token* called_before(const Tokens& tokens, const Token* last);

// What the preprocessor is told by the line that `sign`, its `#`, begins ("endif"); "" where it is no such
// line.
std::string_view directive(const Tokens& tokens, const Token* sign);

// Does this byte lie on a directive's line, or on one that it goes on with?
bool is_in_directive(const Tokens& tokens, unsigned offset);

// The preprocessor's directive in the span whose other end lies outside of it ("#endif"), if there is one.
std::optional<std::string> directive_in(const Tokens& tokens, Span span);

// The pragma directly above the line of `offset`, or before it on the line, that says something of the next
// statement.
std::optional<Span> pragma_above(const Tokens& tokens, unsigned offset);

// The blanks at the start of the line of `offset`.
std::string indentation(std::string_view text, unsigned offset);

// Every line of the block moved from one indentation to another.
std::string reindented(std::string_view block, std::string_view from, std::string_view to);

// The same of the lines behind the first, of those that have the one indentation.
std::string with_lines_moved(std::string_view block, std::string_view from, std::string_view to);

// The span's text with `indent` behind each of its line ends, but for blank lines and those of a string.
// Where `step` is not 0, that many blanks at a line's start are a tab.
std::string with_indented_lines(const Tokens& tokens, Span span, std::string_view indent, size_t step = 0);

// By how many blanks the first indented line of a text is.
size_t indentation_step(std::string_view text);

// Do more lines begin with a tab than with a blank?
bool is_of_tabs(std::string_view text);

// How the line of `offset` ends, or the one before where it does not: "\r\n" or "\n".
std::string line_end(std::string_view text, unsigned offset = 0);

// `block` with the line ends that `text` has at `offset`.
std::string with_line_ends_of(std::string_view text, std::string_view block, unsigned offset = 0);

// Removes the blank line left over at each point where lines were taken out: one of two in a row, one behind
// an opening brace, one before a closing brace; and the `#else` of a branch that is left empty. `points` are
// line starts, ascending.
std::string without_scars(std::string text, std::vector<unsigned> points);

}  // namespace nanobug::rewrite

// words: times, counts and paragraphs as a person reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nanobug::coach {

// 75 s -> "1:15"
std::string clock(std::int64_t seconds);

// The day of a time here, as "2026-11-28".
std::string day(std::int64_t time);

// "1 minute", "2 minutes"
std::string count(std::int64_t number, const std::string& thing);

// "0.1235", "nan", "inf"; "65536" and not "6.554e+04" where it is a whole number.
std::string number(double value);

// "a", "a or b", "a, b or c"
std::string one_of(const std::vector<std::string>& things);

// "there is no pack 'cs33'; did you mean 'cs336'?", or what it may be where nothing is alike.
std::string no_such(const std::string& what, const std::string& name, const std::vector<std::string>& known);

// As a shell takes it: what needs quotes has them, double ones round an apostrophe.
std::string command_line(const std::vector<std::string>& argv);

// What a build said without ninja's own lines: "[3/17] …", "ninja: …".
std::string without_progress(const std::string& output);

// Any bytes, for a terminal: what would move its cursor or is no UTF-8 is written as \x1b; line ends and tabs
// stay. `rest`: a letter that is not whole at the end is left in it, and comes before the next bytes.
std::string visible(std::string_view bytes, std::string* rest = nullptr);

// Code on a terminal of `width` columns: a line that is longer goes on in lines of its own, behind `indent`
// blanks and the line's own indentation; broken at a blank where there is one. Otherwise it is itself.
std::string folded(const std::string& line, size_t width, size_t indent);

// Columns that a line takes: its letters, without what sets colours.
size_t columns_of(std::string_view line);

// What is laid out for a terminal, in `width` columns: a line that is longer is broken at blanks, and goes on
// below what stands behind its last gap of two blanks or more, or below its own first word. A word that is
// longer stays whole, and so does a line that is to be typed again, "$ …". Colours take no room.
std::string laid_out(const std::string& text, size_t width);

// Breaks paragraphs at `width` columns, every line with the indent. A line that begins with a hyphen begins
// one, and a line of code, indented by four blanks, stays as it is.
std::string wrap(const std::string& text, size_t width, const std::string& indent);

}  // namespace nanobug::coach

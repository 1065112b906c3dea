// error: what a failing nanobug function returns.
//
// Errors are values. A room returns Result<T>; the sentence is written where the failure is understood,
// with the place in the user's file, and travels unchanged up to cli/, which prints it and exits with its
// code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace nanobug {

// The exit codes of every verb; documented in README.md.
enum class Exit {
  ok = 0,
  check_failed = 1,  // the verb worked and its answer is no
  usage = 2,         // unknown verb, option or rule
  catalog = 3,       // catalog.yaml is wrong, or does not fit the tree
  session = 4,       // no session where one is needed, one where none may be, a checkout gone or moved
  locked = 5,        // another nanobug is at work
  io = 6,            // disk, network, a program that is missing or does not build
};

// A place in a text file; line and column count from 1, 0 means "the file as a whole".
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  bool operator==(const Place&) const = default;
};

struct Error {
  Exit code = Exit::io;
  std::string message;  // one sentence: what is wrong and the way out; no trailing newline
  std::optional<Place> place = std::nullopt;

  // "catalog.yaml:12:3: …", or the message alone when there is no place.
  std::string text() const {
    if (!place || place->file.empty()) return message;
    std::string where = place->file;
    if (place->line > 0) where += ':' + std::to_string(place->line);
    if (place->line > 0 && place->column > 0) where += ':' + std::to_string(place->column);
    return where + ": " + message;
  }
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Exit code, std::string message, std::optional<Place> place = std::nullopt) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(place)});
}

// Return the error of a Result, or go on; for a Result without a value, or one whose value is in a variable.
#define NANOBUG_TRY(result)                                \
  if (auto&& nanobug_result_ = (result); !nanobug_result_) \
  return tl::unexpected<::nanobug::Error>(std::move(nanobug_result_.error()))

}  // namespace nanobug

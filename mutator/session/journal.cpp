// journal: see journal.h.
#include "mutator/session/journal.h"

#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/session/checkout.h"

namespace nanobug::session {
namespace {

using Json = nlohmann::json;

Json to_json(const Journal& journal) {
  return {{"operation", journal.operation},
          {"saved", to_json(journal.saved)},
          {"staging", to_text(journal.staging)},
          {"ready", journal.ready},
          {"staged", to_json(journal.staged)},
          {"attempt", to_text(journal.attempt)},
          {"beside", to_text(journal.beside)},
          {"outcome", journal.outcome},
          {"ended", journal.ended}};
}

Journal journal_of(const Json& json) {
  Journal journal;
  journal.operation = json.at("operation");
  // A word that is none of ours would be read as the first of them.
  if (Json(journal.operation) != json.at("operation"))
    throw Json::other_error::create(501, "no operation: " + json.at("operation").dump(), &json);
  journal.saved = saved_of(json.at("saved"));
  journal.staging = to_path(json.at("staging"));
  journal.ready = json.at("ready");
  journal.staged = identity_of(json.at("staged"));
  journal.attempt = to_path(json.at("attempt"));
  journal.beside = to_path(json.at("beside"));
  journal.outcome = json.at("outcome");
  journal.ended = seconds_of(json.at("ended"));
  return journal;
}

}  // namespace

NLOHMANN_JSON_SERIALIZE_ENUM(Operation, {{Operation::start, "start"},
                                         {Operation::open, "open"},
                                         {Operation::stop, "stop"},
                                         {Operation::end_without_checkout, "end"}})

Status write_journal(const fs::path& file, const Journal& journal) {
  const Json clear = {{"staging", to_text(journal.staging)},
                      {"directory", to_text(journal.saved.session.directory)}};
  return write_file(file, sealed_line(clear, to_json(journal)) + '\n', 0600);
}

Result<std::optional<Journal>> read_journal(const fs::path& file, fs::path* damaged) {
  std::error_code error;
  if (fs::symlink_status(file, error).type() == fs::file_type::not_found) return std::optional<Journal>();
  auto text = read_file(file);
  NANOBUG_TRY(text);
  try {
    if (const auto content = open_line(*text)) return std::optional(journal_of(*content));
  } catch (const Json::exception&) {
    // Set aside like any other damage.
  }
  int number = 0;
  do *damaged = file.string() + ".damaged-" + std::to_string(++number);
  while (is_there(*damaged));
  fs::rename(file, *damaged, error);
  if (error)
    return fail(Exit::io, "the journal is damaged and cannot be set aside: " + error.message(),
                Place{file.string()});
  return std::optional<Journal>();
}

Status close_journal(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT)
    return fail(Exit::io, "cannot remove " + file.string() + ": " + system_reason(errno));
  return sync_path(file.parent_path());
}

}  // namespace nanobug::session

// journal: see journal.h.
#include "mutator/session/journal.h"

#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"

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
  journal.saved = saved_of(json.at("saved"));
  journal.staging = to_path(json.at("staging"));
  journal.ready = json.at("ready");
  journal.staged = identity_of(json.at("staged"));
  journal.attempt = to_path(json.at("attempt"));
  journal.beside = to_path(json.at("beside"));
  journal.outcome = json.at("outcome");
  journal.ended = json.at("ended");
  return journal;
}

}  // namespace

NLOHMANN_JSON_SERIALIZE_ENUM(Operation, {{Operation::start, "start"},
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
  for (int i = 1;; ++i) {
    *damaged = file.string() + ".damaged-" + std::to_string(i);
    if (fs::symlink_status(*damaged, error).type() == fs::file_type::not_found) break;
  }
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

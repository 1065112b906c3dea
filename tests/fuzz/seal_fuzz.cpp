// seal: any text is a seal or is none; what was sealed comes back; session.json and the ledger are read or
// refused, never half. An input that begins with `{"session"` is the content of a line, and is sealed here.
#include <nlohmann/json.hpp>

#include "mutator/session/ledger.h"
#include "mutator/session/saved.h"
#include "mutator/session/seal.h"
#include "tests/fuzz/place.h"

using namespace nanobug;

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  session::Record record;
  record.session.name = "2026-11-21-rapid-robin";
  record.session.directory = "/home/a b/practice";
  record.session.injected.push_back({});
  record.outcome = "solved";
  session::Saved saved;
  saved.session = record.session;
  for (const nlohmann::json& content : {session::to_json(saved), session::to_json(record)}) {
    nlohmann::ordered_json ordered = {
        {"session", content["session"]}};  // first: it tells the target what this is
    ordered.update(content);
    const std::string name = content.contains("outcome") ? "record" : "saved";
    fuzz::seed(*argc, *argv, name + ".json", ordered.dump());
    fuzz::seed(*argc, *argv, name + ".txt", session::sealed_line({}, content) + '\n');
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  (void)session::unseal(text);
  const std::string some = text.substr(0, 128);  // more of it is more of the same
  fuzz::must(session::unseal(session::seal(some)) == some, "what was sealed comes back");
  fuzz::must(session::to_path(session::to_text(std::string(text.c_str()))) == std::string(text.c_str()),
             "a path comes back from its text");

  std::string line = text;
  if (text.starts_with("{\"session\"")) {
    const auto content = nlohmann::json::parse(text, nullptr, false);
    if (content.is_discarded()) return 0;
    line = session::sealed_line(nlohmann::json::object(), content) + '\n';
  }
  const std::string file = fuzz::file_of(line, "session.json");
  const auto saved = session::load(file);
  if (saved)
    fuzz::must(saved->has_value(), "a file that is there is a session or an error");
  else
    fuzz::must(saved.error().code == Exit::session, "a damaged session exits as one");
  std::vector<std::string> warnings;
  const auto records = session::read_ledger(file, &warnings);
  fuzz::must(records.has_value(), "a ledger that can be read from the disk is no error");
  size_t lines = 0;
  for (size_t at = 0; at < line.size(); ++lines) {
    const size_t end = std::min(line.find('\n', at), line.size());
    if (end == at) --lines;  // an empty line is nothing
    at = end + 1;
  }
  fuzz::must(records->size() + warnings.size() == lines, "a line of the ledger is a record or a warning");
  return 0;
}

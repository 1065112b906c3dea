// journal: any bytes are a journal or are set aside, and what was written is what is read. Few changes of a
// sealed line get past its check, so an input that begins with `{"operation"` is the content, and is sealed
// here.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/session/journal.h"
#include "tests/fuzz/place.h"

using namespace nanobug;
namespace fs = std::filesystem;

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  session::Journal journal;
  journal.saved.session.name = "2026-11-21-rapid-robin";
  journal.saved.session.directory = "/home/a b/practice";
  journal.saved.session.injected.push_back({});
  journal.saved.exclude = {"build"};
  journal.staging = "/home/a b/.practice.staging";
  for (const auto operation :
       {session::Operation::start, session::Operation::stop, session::Operation::end_without_checkout}) {
    journal.operation = operation;
    const std::string file = fuzz::place() + "/seed";
    fuzz::must(session::write_journal(file, journal).has_value(), "a journal can be written");
    const auto text = read_file(file);
    const auto content = session::open_line(*text);
    fuzz::must(content.has_value(), "what was written can be opened");
    const std::string number = std::to_string(static_cast<int>(operation));
    // "operation" first: what tells the target that this is a content.
    nlohmann::ordered_json ordered = {{"operation", (*content)["operation"]}};
    ordered.update(*content);
    fuzz::seed(*argc, *argv, "journal" + number + ".json", ordered.dump());
    fuzz::seed(*argc, *argv, "sealed" + number + ".txt", *text);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(fuzz::text_of(data, size));
  if (text.starts_with("{\"operation\"")) {
    const auto content = nlohmann::json::parse(text, nullptr, false);
    if (content.is_discarded()) return 0;
    text = session::sealed_line(nlohmann::json::object(), content) + '\n';
  }
  const std::string file = fuzz::file_of(text, "journal");
  fs::path damaged;
  const auto journal = session::read_journal(file, &damaged);
  fuzz::must(journal.has_value(), "a journal that can be read from the disk is no error");
  if (!*journal) {
    fuzz::must(fs::exists(damaged), "what is no journal is set aside");
    fs::remove(damaged);
    return 0;
  }
  fuzz::must(fs::exists(file), "a journal that was read is still there");
  const std::string again = fuzz::place() + "/again";
  fuzz::must(session::write_journal(again, **journal).has_value(), "a journal can be written");
  const auto back = session::read_journal(again, &damaged);
  fuzz::must(back && *back, "what was written is a journal");
  fuzz::must((*back)->staging == (*journal)->staging && (*back)->attempt == (*journal)->attempt &&
                 (*back)->saved.session.directory == (*journal)->saved.session.directory &&
                 (*back)->saved.session.injected.size() == (*journal)->saved.session.injected.size() &&
                 (*back)->ended == (*journal)->ended && (*back)->operation == (*journal)->operation,
             "what was written is what is read");
  return 0;
}

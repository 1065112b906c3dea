// catalog: any text is a catalog or a list of errors, each with its sentence and, where it has a place, one
// that the text has.
#include <algorithm>

#include "mutator/catalog/catalog.h"
#include "tests/fuzz/place.h"

using namespace nanobug;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  const auto parsed = catalog::parse(text, "catalog.yaml");
  if (parsed) {
    fuzz::must(!parsed->rules.empty(), "a catalog has rules");
    for (const catalog::Rule& rule : parsed->rules)
      fuzz::must(parsed->find(rule.id.value) == &rule, "ids are one rule's");
    return 0;
  }
  fuzz::must(!parsed.error().empty(), "what is refused has an error");
  const auto lines =
      std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r') + 1;
  for (const Error& error : parsed.error()) {
    fuzz::must(error.code == Exit::catalog, "what is refused exits as the catalog's");
    fuzz::must(!error.message.empty(), "an error says something");
    if (error.place) fuzz::must(error.place->line <= lines + 1, "the place of an error is in the text");
  }
  return 0;
}

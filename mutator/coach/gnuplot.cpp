// gnuplot: see gnuplot.h.
#include "mutator/coach/gnuplot.h"

#include "mutator/base/files.h"
#include "mutator/base/process.h"

namespace nanobug::coach {

std::string gnuplot_string(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out + '"';
}

Result<std::string> gnuplot(const std::string& script) {
  const auto parent = directory_for_temporaries();
  NANOBUG_TRY(parent);
  auto directory = make_temporary_directory(*parent, "nanobug-plot");
  NANOBUG_TRY(directory);
  const fs::path file = *directory / "plot.gp";
  NANOBUG_TRY(write_unsynced(file, script));
  auto finished = run({.argv = {"gnuplot", file.string()},
                       .environment = {{"GNUTERM", "dumb"}},
                       .time_limit = std::chrono::seconds(20)});
  (void)remove_tree(*directory);
  NANOBUG_TRY(finished);
  if (!finished->good())
    return fail(Exit::io, "gnuplot cannot draw the plot (" + finished->how() + "): " + finished->err);
  return std::move(finished->out);
}

}  // namespace nanobug::coach

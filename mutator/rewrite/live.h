// live: the Bench of bench.h and the Lines of a terminal, with Clang and LLVM.
#pragma once

#include <filesystem>
#include <memory>

#include "mutator/rewrite/bench.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

std::unique_ptr<Bench> make_bench(std::unique_ptr<Unit> unit);

std::unique_ptr<Lines> make_lines(const std::filesystem::path& history, Completer complete);

}  // namespace nanobug::rewrite

// session_trees: a small clean tree, its mutated twin, and a request to start a session with them.
//
// Apart from session_bench.h because session_worker uses them too and has no tests in it.
#pragma once

#include <filesystem>
#include <string>

#include "mutator/base/files.h"
#include "mutator/session/session.h"
#include "mutator/vault/tree.h"

namespace nanobug::test {

inline vault::Tree clean_tree() {
  using vault::Mode;
  vault::Tree tree;
  tree["attention.cpp"] = {"float scale = 1 / sqrt(head_dim);\nint heads = 4;\n", Mode::regular};
  tree["build.sh"] = {"#!/bin/sh\nexit 0\n", Mode::executable};
  tree["data/lines.txt"] = {"one\r\ntwo\r\n", Mode::regular};
  tree["kernels/softmax.cu"] = {"// rows\n", Mode::regular};
  tree["latest"] = {"data/lines.txt", Mode::symlink};
  tree["optim.cpp"] = {"step += 1;\n", Mode::regular};
  return tree;
}

// One line of the clean tree that the mutated one does not have.
inline constexpr char kPristineLine[] = "1 / sqrt(head_dim)";

inline vault::Tree mutated_tree() {
  vault::Tree tree = clean_tree();
  tree["attention.cpp"].bytes = "float scale = 1 / sqrt(n_embd);\nint heads = 4;\n";
  return tree;
}

inline session::Desk::Places places_in(const fs::path& root) {
  return {root / "data" / "vault.git", root / "state", root / "data" / "attempts"};
}

inline session::StartRequest request_for(const fs::path& directory) {
  session::StartRequest request;
  request.directory = directory;
  request.pristine = clean_tree();
  request.mutated = mutated_tree();
  request.injected = {{"attention_scale_wrong_dim", 0, "attention.cpp", "forward", {{1, 1}}}};
  request.seed = 7;
  request.exclude = {"build"};
  return request;
}

// What a build would have put beside the sources.
inline Status furnish(const fs::path& staging) {
  NANOBUG_TRY(write_unsynced(staging / "build" / "main.o", "object"));
  return write_unsynced(staging / "build" / "deep" / "log", "built");
}

inline session::StartRequest furnished_request(const fs::path& directory) {
  session::StartRequest request = request_for(directory);
  request.furnish = [](const fs::path& staging, const fs::path&) { return furnish(staging); };
  return request;
}

// Of a session that begins without a checkout, and gets one when it is asked for.
inline session::StartRequest production_request() {
  session::StartRequest request = request_for({});
  request.production = session::Production{
      .cheapest = {"grad-norm", "val-loss"}, .cheapest_minutes = 1, .checkout = "code", .open_minutes = 5};
  return request;
}

}  // namespace nanobug::test

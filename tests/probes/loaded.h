// Which build of a shared library is in this process: so that nobody judges another one than they think.

#pragma once

#include <string>

struct Loaded {
  std::string path;      // as the loader opened it; "" when it is not loaded
  std::string build_id;  // lower-case hex of its NT_GNU_BUILD_ID note; "" without one
};

// `name` is the file's own, without directories.
Loaded loaded_library(const std::string& name);

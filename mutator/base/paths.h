// paths: where nanobug keeps things, after the XDG base directory specification.
#pragma once

#include <filesystem>
#include <string>

namespace nanobug {

std::filesystem::path home();       // $HOME, or the password entry's
std::filesystem::path data_home();  // $XDG_DATA_HOME/nanobug  or ~/.local/share/nanobug: the vault, attempts
std::filesystem::path
state_home();  // $XDG_STATE_HOME/nanobug or ~/.local/state/nanobug: lock, journal, ledger
std::filesystem::path
cache_home();  // $XDG_CACHE_HOME/nanobug or ~/.cache/nanobug: builds, LibTorch, site index

// A library of nanobug's own, from where this program stands: bin/../lib/NAME. Nobody says that it is there.
std::filesystem::path own_library(const std::string& name);

}  // namespace nanobug

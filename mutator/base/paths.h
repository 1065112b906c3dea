// paths: where nanobug keeps things, after the XDG base directory specification.
#pragma once

#include <filesystem>

namespace nanobug {

std::filesystem::path home();       // $HOME, or the password entry's
std::filesystem::path data_home();  // $XDG_DATA_HOME/nanobug  or ~/.local/share/nanobug: the vault, attempts
std::filesystem::path
state_home();  // $XDG_STATE_HOME/nanobug or ~/.local/state/nanobug: lock, journal, ledger
std::filesystem::path
cache_home();  // $XDG_CACHE_HOME/nanobug or ~/.cache/nanobug: builds, LibTorch, site index

}  // namespace nanobug

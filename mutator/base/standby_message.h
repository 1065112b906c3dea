// standby_message: what nanobug and a standby say to each other, on a socket that keeps messages apart.
// Private to base/ and mutator/standby/.
//
//   standby -> nanobug   one byte: it stands before main
//   nanobug -> standby   a Launch, then the words, each with its NUL: the directory, the arguments, the
//                        environment; the descriptors of Orders in the order of their names below
//   standby -> nanobug   the supervisor's pid, or -errno
#pragma once

#include <cstdint>

namespace nanobug::standby {

constexpr int kSocket = 3;                        // the program's descriptor, until it is ready
constexpr const char* kSign = "NANOBUG_STANDBY";  // in its environment: the directory that is its own
// In the environment of a process without a program: the libraries that it is to have, none below kSign's
// directory. In that of a program which joins it: what it wants besides. A path a line.
constexpr const char* kLibraries = "NANOBUG_STANDBY_LIBRARIES";
constexpr std::size_t kLongest = 128 << 10;  // bytes of a Launch and its words

enum Descriptor { out, err, life, report, in, lines };  // the first four always
constexpr int kDescriptors = 6;

struct Launch {
  std::uint32_t arguments = 0, variables = 0;
  std::uint8_t has_directory = 0, has_in = 0, has_lines = 0;
};

}  // namespace nanobug::standby

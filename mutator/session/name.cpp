// name: see name.h.
#include "mutator/session/name.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <ctime>
#include <random>

namespace nanobug::session {
namespace {

constexpr std::array kAdjectives = {
    "amber", "brave", "brisk", "calm",  "clear",  "crisp",  "early",  "fair",  "gentle", "glad", "golden",
    "green", "keen",  "kind",  "light", "lively", "lucid",  "mellow", "merry", "mild",   "neat", "noble",
    "plain", "proud", "quick", "quiet", "rapid",  "silver", "steady", "sunny", "swift",  "warm"};
constexpr std::array kAnimals = {"badger",  "beaver",  "bison",  "crane",  "curlew", "dolphin", "eagle",
                                 "falcon",  "ferret",  "finch",  "gecko",  "hare",   "heron",   "ibex",
                                 "jackdaw", "kestrel", "lark",   "lemur",  "lynx",   "marten",  "newt",
                                 "otter",   "owl",     "plover", "puffin", "raven",  "robin",   "seal",
                                 "stoat",   "swan",    "tern",   "wren"};

// splitmix64: neighbouring seeds give unrelated words.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

std::string choose_name(std::int64_t time, std::uint64_t seed, const std::set<std::string>& taken) {
  const std::time_t moment = time;
  std::tm day{};
  gmtime_r(&moment, &day);
  const std::uint64_t pairs = kAdjectives.size() * kAnimals.size();
  for (std::uint64_t i = 0;; ++i) {
    const std::uint64_t pair = (mixed(seed) + i) % pairs;
    std::string name = fmt::format("{:04}-{:02}-{:02}-{}-{}", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday,
                                   kAdjectives[pair / kAnimals.size()], kAnimals[pair % kAnimals.size()]);
    if (i >= pairs) name += fmt::format("-{}", i / pairs + 1);
    if (!taken.contains(name)) return name;
  }
}

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  if (::getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count)) return bytes;
  std::random_device device;
  for (char& c : bytes) c = static_cast<char>(device());
  return bytes;
}

}  // namespace nanobug::session

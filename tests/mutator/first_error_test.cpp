// first_error: of what ninja, Clang, GCC, linkers and CMake print, the first error and no more.
#include "mutator/coach/first_error.h"

#include "tests/probes/catch.h"

using nanobug::coach::first_error;

namespace {

std::string of(const std::string& output) {
  return first_error(output, "/home/a/work", "/home/a/work/build");
}

}  // namespace

TEST_CASE("the first error of two, with its code and its notes", "[coach][first-error]") {
  CHECK(of("[1/3] Building CXX object a.o\n"
           "FAILED: a.o \n"
           "/usr/bin/clang++ -c ../nanochat/a.cpp -o a.o\n"
           "../nanochat/b.cpp:1:2: warning: unused [-Wunused]\n"
           "    1 | int x;\n"
           "../nanochat/a.cpp:3:5: error: no matching function for call to 'f'\n"
           "    3 |   f(std::runtime_error(\"Error: 7\"));\n"
           "      |   ^\n"
           "../nanochat/a.h:9:6: note: candidate function not viable\n"
           "    9 | void f(int);\n"
           "../nanochat/a.cpp:4:5: error: and another\n"
           "2 errors generated.\n"
           "ninja: build stopped: subcommand failed.\n") ==
        "nanochat/a.cpp:3:5: error: no matching function for call to 'f'\n"
        "    3 |   f(std::runtime_error(\"Error: 7\"));\n"
        "      |   ^\n"
        "nanochat/a.h:9:6: note: candidate function not viable\n"
        "    9 | void f(int);");
}

TEST_CASE("an error in a header names what includes it, by paths of the checkout", "[coach][first-error]") {
  CHECK(of("In file included from /home/a/work/nanochat/a.cpp:2:\n"
           "In file included from ../nanochat/b.h:1:\n"
           "/home/a/work/nanochat/c.h:7:1: fatal error: '../x.h' file not found\n"
           "1 error generated.\n") ==
        "In file included from nanochat/a.cpp:2:\n"
        "In file included from nanochat/b.h:1:\n"
        "nanochat/c.h:7:1: fatal error: 'x.h' file not found");
}

TEST_CASE("of a linker what is undefined is told", "[coach][first-error]") {
  CHECK(of("[2/2] Linking a\nFAILED: a \n: && clang++ a.o\n"
           "/usr/bin/ld: a.o: in function `main':\na.cpp:(.text+0x5): undefined reference to `f()'\n"
           "clang++: error: linker command failed with exit code 1 (use -v to see invocation)\n"
           "ninja: build stopped: subcommand failed.\n") ==
        "/usr/bin/ld: a.o: in function `main':\na.cpp:(.text+0x5): undefined reference to `f()'");
  CHECK(of("ld.lld: error: undefined symbol: f()\n>>> referenced by a.cpp\n"
           "clang++: error: linker command failed with exit code 1\n") ==
        "ld.lld: error: undefined symbol: f()\n>>> referenced by a.cpp");
}

TEST_CASE("what names no error has its end", "[coach][first-error]") {
  CHECK(of("CMake Error at CMakeLists.txt:3 (foo):\n  Unknown CMake command \"foo\".\n\n") ==
        "CMake Error at CMakeLists.txt:3 (foo):\n  Unknown CMake command \"foo\".");
  CHECK(of("[1/2] make\nFAILED: x \nmake x\nit went wrong\n") == "it went wrong");
  CHECK(of("") == "");
}

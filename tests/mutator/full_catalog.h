// full catalog: one that is right and has every field of every mapping, one a line.
#pragma once

#include <string>

namespace nanobug::test {

// Behind each field a comment: ! required, * something else than text is wanted.
inline const std::string kFull = R"(tree:  #!*
  root: tree  #!
  outputs: [runs]  #*
  build:  #!*
    configure: [cmake]  #*
    debug: [-g]  #*
    compile: [make]  #!*
    directory: out
    library: libx.so
  probes:  #*
    source: probes
    configure: [cmake, "{project}"]  #*
    compile: [make]  #!*
    program: bin/probes  #!
    headers: ["*.h"]  #*
    time_limit: 7  #*
    observables:  #*
      sums: what is added up
  parity:  #*
    - id: parity.curve  #!
      observable: the curve  #!
      program: bin/train  #!
      args: ["{build}"]  #*
      ranks: 2  #*
      input: talk.txt
      before:  #*
        - program: bin/prepare  #!
          args: ["{source}"]  #*
      time_limit: 1.5  #*
      compare:  #*
        loss: 1e-6  #*
      stdout: exact
      leaves: [run.pt]  #*
      then:  #*
        - program: bin/eval  #!
          stdout: exact
  runs:  #*
    first:  #*
      program: bin/train  #!
      args: ["{scratch}"]  #*
      before:  #*
        - program: bin/prepare  #!
          args: ["{scratch}"]  #*
      time_limit: 2.5  #*
      series: [loss]  #*
  tests:  #*
    - id: unit  #!
      run: [make, "{report}"]  #!*
      observable: the units
      sources: ["tests/*"]  #*
      time_limit: 8  #*
      observables:  #*
        sums: the unit
  diagnostics:  #*
    options: ["{diagnostics}"]  #!*
    programs: [bin/train]  #!*
    reseed: [--seed, "2"]  #*
  evidence:  #*
    curve:  #*
      words: the loss  #!
      also: [descent]  #*
      price: 0  #*
      series: loss
      unit: nats
    units:  #*
      words: the tests  #!
      from: tests
  categories:  #*
    N: numerics
    D: data
  packs:  #*
    basics:  #*
      about: what comes first  #!
      bugs: 2  #*
      level: 3  #*
  plans:  #*
    daily:  #*
      about: a day each  #!
      part: month
      parts:  #!*
        - about: the first of them  #!
          days: [[N01]]  #*
    once:  #*
      about: all at once  #!
      parts:  #!*
        - about: all  #!
          bugs: [N01]  #*
  patterns: [leak, off by one]  #*
  outcomes: [crash, poor model]  #*
  pages: docs/bugs
  snippets: tests/rules
  database: "{build}"
  flags: [cc]  #*
  guide: docs/troubleshooting.md
  tutorial: N01
  inputs:  #*
    talk.txt: Hello.
rules:  #*
  - code: N01  #!
    id: first-rule  #!
    title: A title  #!
    refs: [X1]  #*
    pack: [basics]  #*
    category: numerics  #!
    pattern: leak  #!
    outcome: crash  #!
    priority: 2  #*
    difficulty: 3  #*
    minutes: 15  #*
    in: tree/code.cpp  #!
    match: returnStmt().bind("x")  #!
    expect: 4  #*
    choose: all
    also:  #*
      - in: tree/code.h
        match: callExpr().bind("x")  #!
        edits:  #!*
          - remove: node(x)  #!
    variants:  #*
      - in: tree/other.cpp
        match: returnStmt().bind("y")  #!
        expect: any
        choose: seed
        edits:  #!*
          - remove: node(y)  #!
        also:  #*
          - match: callExpr().bind("y")  #!
            edits:  #!*
              - remove: node(y)  #!
    decoy: false  #*
    run: first
    terms: [a word, a phrase]  #*
    edits:  #!*
      - replace: node(x)  #!
        with: one  #!
      - insert: f();  #!
        before: node(x)  #!
      - move: node(x)  #!
        after: node(y)  #!
      - swap: node(x)  #!
        with: node(y)  #!
      - remove: node(x)  #!
    brief: The symptom.  #!
    hints: [one, two]  #!*
    cause: The cause.  #!
    questions:  #*
      - question: Why?  #!
        answer: Because.  #!
    read_next: The paper.
    seen_by: [code.half]  #!*
    test:  #*
      match:  #*
        - code: int a;  #!
          after: int b;  #!
      no_match: [int c;]  #*
)";

}  // namespace nanobug::test

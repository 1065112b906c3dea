#!/usr/bin/env bash
# Does the emulator catch every bug of the kernels under every schedule, and never the kernels as they are? Each patch
# of patches/ that changes a kernel is compiled alone, and the probes that its rule names run under 50 schedules.
#
#   bugs.sh PROJECT CLANG PROBES EMULATOR OPTION…     called by tests/kernels/CMakeLists.txt
#
# PROBES is a file that names the probes' objects, EMULATOR a library, and the options are how a kernel is compiled.
# Exit codes: 0 all as it should be, 1 not.
set -euo pipefail
project=$1 clang=$2 emulator=$4
mapfile -d ';' -t probes <"$3"
options=("${@:5}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

seen_by() {  # the words after "kernels." in what its rule says
  sed -n "/^  - code: $1\$/,/seen_by/p" "$project/catalog.yaml" | grep -o 'kernels\.[a-z0-9_]*' | sed 's/kernels\.//'
}

program() {  # in a directory that has reference_model/nanochat/kernels
  local kernels=$1/reference_model/nanochat/kernels file objects=()
  for file in "$kernels"/*.cu; do
    objects+=("$1/$(basename "$file").o")
    "$clang" -std=c++20 -DNANOCHAT_EMULATOR "-I$kernels/emulator" "-I$kernels" "${options[@]}" -c "$file" -o "${objects[-1]}"
  done
  "$clang" "${probes[@]}" "${objects[@]}" "$emulator" -o "$1/probes"
}

judge() {  # a rule's code, or "clean" for the kernels as they are
  local tree=$work/$1 word counted=
  mkdir -p "$tree/reference_model/nanochat"
  cp -r "$project/reference_model/nanochat/kernels" "$tree/reference_model/nanochat/"
  if [ "$1" = clean ]; then
    program "$tree"
    counted=$("$tree/probes" --count 50) || true
    [ "$counted" = "fails under 0 of 50 schedules" ] || { echo "clean: $counted"; return 1; }
  else
    GIT_CEILING_DIRECTORIES=$work git -C "$tree" apply "$project/patches/$1.patch"
    program "$tree"
    for word in $(seen_by "$1"); do
      counted=$("$tree/probes" --count 50 "$word" 2>"$tree/errors") || true
      [ "$counted" = "fails under 50 of 50 schedules" ] || { echo "$1, $word: $counted"; return 1; }
    done
    [ -n "$counted" ] || { echo "$1: its rule names no probe of a kernel"; return 1; }
  fi
  rm -rf "$tree"
}

codes=(clean)
for file in "$project"/patches/*.patch; do
  grep -q '^+++ .*/kernels/' "$file" && codes+=("$(basename "$file" .patch)")
done
failed=0
for code in "${codes[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || failed=1; done
  judge "$code" &
done
while [ -n "$(jobs -p)" ]; do wait -n || { [ $? = 127 ] && break; failed=1; }; done
echo "$((${#codes[@]} - 1)) bugs, 50 schedules each, and the kernels without one"
exit $failed

# emulated_kernels(TARGET FILE.cu…): compiles CUDA files as C++ for the emulator and adds them to TARGET, which then
# has the emulator too. Clang is needed: nobody else reports loads and stores.

set(NANOCHAT_EMULATOR_DIR "${CMAKE_CURRENT_LIST_DIR}")

# Every load and store is reported; what would merge accesses, or hide them in a call of memcpy or memset, is off, and
# so are calls that do not come back to where they stand, which is how a line is known.
# UBSan's checks of array bounds, alignment and index arithmetic call the emulator, so its own runtime is not linked.
set(NANOCHAT_EMULATOR_OPTIONS -x c++ -O1 -g -fno-vectorize -fno-slp-vectorize -fno-builtin -fno-optimize-sibling-calls
    -fsanitize-coverage=edge,trace-loads,trace-stores
    -fsanitize=array-bounds,alignment,signed-integer-overflow,shift,integer-divide-by-zero
    -fsanitize-recover=all
    -Wall -Wextra -Wno-unknown-pragmas)

if(NOT TARGET nanochat_emulator)
  add_library(nanochat_emulator STATIC "${NANOCHAT_EMULATOR_DIR}/emulator.cpp")
  target_include_directories(nanochat_emulator PUBLIC
    "${NANOCHAT_EMULATOR_DIR}" "${NANOCHAT_EMULATOR_DIR}/..")
  target_compile_definitions(nanochat_emulator PUBLIC NANOCHAT_EMULATOR)
  target_compile_features(nanochat_emulator PUBLIC cxx_std_20)
  target_compile_options(nanochat_emulator PRIVATE -O2 -Wall -Wextra -fno-threadsafe-statics)
endif()

function(emulated_kernels target)
  target_sources(${target} PRIVATE ${ARGN})
  set_source_files_properties(${ARGN} PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "${NANOCHAT_EMULATOR_OPTIONS}")
  target_link_libraries(${target} PUBLIC nanochat_emulator)
endfunction()

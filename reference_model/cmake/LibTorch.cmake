# LibTorch::torch, the CPU part of LibTorch, and LibTorch::torch_cuda where there is more.
#
# LibTorch's own find_package(Torch) stops on a machine without a CUDA toolkit if the build has CUDA
# in it, and picks up a stray toolkit where there is one. All that is needed is two libraries and
# two include directories, so they are named here. Looked for, in this order:
#   -DTorch_DIR=PREFIX/share/cmake/Torch    as for find_package
#   -DNANOBUG_TORCH_DIR=PREFIX              or the environment variable of that name
#   ~/.cache/nanobug/libtorch-2.15.0        or below XDG_CACHE_HOME, where tools/setup puts it
# PREFIX holds include/ and lib/. What was found is remembered in the cache, as NANOBUG_TORCH_DIR.

include_guard(GLOBAL)

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(_cache "$ENV{XDG_CACHE_HOME}")
else()
  set(_cache "$ENV{HOME}/.cache")
endif()

if(Torch_DIR)
  get_filename_component(_torch "${Torch_DIR}/../../.." ABSOLUTE)
elseif(NANOBUG_TORCH_DIR)
  get_filename_component(_torch "${NANOBUG_TORCH_DIR}" ABSOLUTE BASE_DIR "${CMAKE_BINARY_DIR}")
elseif(DEFINED ENV{NANOBUG_TORCH_DIR} AND NOT "$ENV{NANOBUG_TORCH_DIR}" STREQUAL "")
  get_filename_component(_torch "$ENV{NANOBUG_TORCH_DIR}" ABSOLUTE)
else()
  set(_torch "${_cache}/nanobug/libtorch-2.15.0")
endif()

foreach(_needed include/ATen/ATen.h include/torch/csrc/api/include/torch/nn/module.h
                lib/libtorch_cpu.so lib/libc10.so)
  if(NOT EXISTS "${_torch}/${_needed}")
    message(FATAL_ERROR "LibTorch not found: there is no ${_torch}/${_needed}. Run tools/setup, or "
                        "give the directory that holds LibTorch's include/ and lib/ with "
                        "-DNANOBUG_TORCH_DIR=DIR.")
  endif()
endforeach()

set(NANOBUG_TORCH_DIR "${_torch}" CACHE PATH "The directory that holds LibTorch's include/ and lib/")

add_library(LibTorch::c10 SHARED IMPORTED GLOBAL)
set_target_properties(LibTorch::c10 PROPERTIES
  IMPORTED_LOCATION "${_torch}/lib/libc10.so"
  INTERFACE_INCLUDE_DIRECTORIES "${_torch}/include;${_torch}/include/torch/csrc/api/include")

add_library(LibTorch::torch_cpu SHARED IMPORTED GLOBAL)
set_target_properties(LibTorch::torch_cpu PROPERTIES
  IMPORTED_LOCATION "${_torch}/lib/libtorch_cpu.so"
  INTERFACE_LINK_LIBRARIES LibTorch::c10)

add_library(LibTorch::torch INTERFACE IMPORTED GLOBAL)
target_link_libraries(LibTorch::torch INTERFACE LibTorch::torch_cpu LibTorch::c10)

# Where it has CUDA in it. What registers its functions is named by no symbol, so it is linked always.
if(EXISTS "${_torch}/lib/libtorch_cuda.so")
  add_library(LibTorch::c10_cuda SHARED IMPORTED GLOBAL)
  set_target_properties(LibTorch::c10_cuda PROPERTIES
    IMPORTED_LOCATION "${_torch}/lib/libc10_cuda.so")
  add_library(LibTorch::torch_cuda INTERFACE IMPORTED GLOBAL)
  target_link_libraries(LibTorch::torch_cuda INTERFACE
    LibTorch::torch -Wl,--no-as-needed "${_torch}/lib/libtorch_cuda.so" -Wl,--as-needed LibTorch::c10_cuda)
endif()

unset(_cache)
unset(_torch)
unset(_needed)

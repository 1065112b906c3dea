# nvcc, and whether it is that of LibTorch's CUDA: two of them in one program end in errors that name
# neither.

if(NOT TARGET LibTorch::torch_cuda)
  message(FATAL_ERROR "NANOCHAT_CUDA needs a LibTorch with CUDA in it, and ${NANOBUG_TORCH_DIR} has none: "
                      "name another with -DNANOBUG_TORCH_DIR=DIR, or leave NANOCHAT_CUDA off.")
endif()
if(NOT CMAKE_CUDA_ARCHITECTURES)
  if(EXISTS /proc/driver/nvidia/version)
    set(CMAKE_CUDA_ARCHITECTURES native)
  else()
    set(CMAKE_CUDA_ARCHITECTURES 80 90 120)
  endif()
endif()
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)

execute_process(COMMAND "${CMAKE_READELF}" -d "${NANOBUG_TORCH_DIR}/lib/libc10_cuda.so"
  OUTPUT_VARIABLE _needs ERROR_QUIET)
string(REGEX MATCH "libcudart\\.so\\.([0-9]+)" _ "${_needs}")
set(_of_torch "${CMAKE_MATCH_1}")
string(REGEX MATCH "^[0-9]+" _of_nvcc "${CMAKE_CUDA_COMPILER_VERSION}")
if(_of_torch AND NOT _of_torch EQUAL _of_nvcc)
  message(FATAL_ERROR "The LibTorch in ${NANOBUG_TORCH_DIR} was built with CUDA ${_of_torch}, and ${CMAKE_CUDA_COMPILER} is "
                      "${CMAKE_CUDA_COMPILER_VERSION}: name another nvcc with -DCMAKE_CUDA_COMPILER=FILE, or build without "
                      "a GPU by -DNANOCHAT_CUDA=OFF.")
endif()

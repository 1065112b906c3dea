# What standby_test.cpp runs: a program with a library, and the same in one piece that no loader starts.
add_library(standby_library SHARED ${CMAKE_CURRENT_LIST_DIR}/standby_library.cpp)
add_executable(standby_program ${CMAKE_CURRENT_LIST_DIR}/standby_program.cpp)
add_executable(standby_static ${CMAKE_CURRENT_LIST_DIR}/standby_program.cpp ${CMAKE_CURRENT_LIST_DIR}/standby_library.cpp)
target_link_libraries(standby_program PRIVATE standby_library)
target_link_options(standby_static PRIVATE -static)
foreach(target standby_library standby_program standby_static)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/standby
                                             LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/standby)
endforeach()
nanobug_uninstrumented(standby_library standby_program standby_static)
add_dependencies(mutator_tests standby_program standby_static)

# What the session's kill tests need beside the test program itself: a process to kill, and a library that kills it.
# Included by tests/mutator/CMakeLists.txt after the target mutator_tests.
add_executable(session_worker ${CMAKE_CURRENT_LIST_DIR}/session_worker.cpp)
target_link_libraries(session_worker PRIVATE nanobug_session)
add_library(fault SHARED ${CMAKE_CURRENT_LIST_DIR}/fault.cpp)
target_link_libraries(fault PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(session_worker fault PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin
                                                      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
nanobug_uninstrumented(fault)
add_dependencies(mutator_tests session_worker fault)
add_dependencies(session_worker nanobug_git)

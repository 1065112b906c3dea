# cmake --install BUILD --prefix PREFIX: nanobug and all that it works on. The program finds the rewriter and the catalog
# from its own place (bin/../lib, bin/../share/nanobug), so PREFIX can be anywhere and be moved.
set_target_properties(nanobug_rewrite PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)  # a user's own LLVM
install(TARGETS nanobug RUNTIME DESTINATION bin)
install(TARGETS nanobug_rewrite nanobug_git nanobug_standby nanobug_standby_host LIBRARY DESTINATION lib RUNTIME DESTINATION lib)
set(_share share/nanobug)
install(FILES ${CMAKE_SOURCE_DIR}/catalog.yaml DESTINATION ${_share})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/reference_model ${CMAKE_SOURCE_DIR}/patches DESTINATION ${_share}
        USE_SOURCE_PERMISSIONS PATTERN build EXCLUDE PATTERN runs EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/tests/probes ${CMAKE_SOURCE_DIR}/tests/rules DESTINATION ${_share}/tests PATTERN build EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/bugs DESTINATION ${_share}/docs)
install(FILES ${CMAKE_SOURCE_DIR}/docs/catalog.schema.json ${CMAKE_SOURCE_DIR}/docs/troubleshooting.md DESTINATION ${_share}/docs)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/docs/learner.md
              ${CMAKE_SOURCE_DIR}/docs/maintainer.md DESTINATION share/doc/nanobug)

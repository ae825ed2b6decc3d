# The targets of every room: shared warnings and sanitizers, one static library a room, one binary a
# room's tests.
add_library(flexunet_warnings INTERFACE)
target_compile_options(flexunet_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${FLEXUNET_WERROR}>:-Werror>)
if(CMAKE_CXX_STANDARD GREATER_EQUAL 20 AND CMAKE_CXX_COMPILER_ID STREQUAL GNU
    AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees an overlap where C++20's std::string adds a text to a string: its bug 105651.
  target_compile_options(flexunet_warnings INTERFACE -Wno-restrict)
endif()
if(FLEXUNET_SANITIZE)
  # GCC's instrumentation makes it see uninitialised values where there are none.
  add_compile_options(
    -fsanitize=${FLEXUNET_SANITIZE} -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${FLEXUNET_SANITIZE})
endif()

# flexunet_room(NAME SOURCES a.cpp ... LINKS target ...): the static library flexunet_NAME. What it shows
# others is in include/, what it keeps to itself beside its sources in src/.
function(flexunet_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS" ${ARGN})
  add_library(flexunet_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(flexunet_${name}
    PUBLIC ${PROJECT_SOURCE_DIR}/include PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(flexunet_${name} PUBLIC ${ROOM_LINKS} PRIVATE flexunet_warnings)
endfunction()

# flexunet_torch_room: the same for a room that sees LibTorch, with the shared precompiled header.
function(flexunet_torch_room name)
  if(FLEXUNET_FUZZ)
    return()
  endif()
  flexunet_room(${name} ${ARGN})
  target_link_libraries(flexunet_${name} PUBLIC flexunet_torch)
  target_precompile_headers(flexunet_${name} REUSE_FROM flexunet_torch_header)
endfunction()

# flexunet_program(NAME SOURCES a.cpp ... LINKS target ...): an executable in bin/, which loads of the
# libraries behind the rooms only those that it uses.
function(flexunet_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_options(${name} PRIVATE LINKER:--as-needed)
  target_link_libraries(${name} PRIVATE ${PROGRAM_LINKS} flexunet_warnings)
endfunction()

# flexunet_test(NAME SOURCES a.cpp ... LINKS target ...): a GoogleTest binary, each test a ctest entry
# or, with ONE_ENTRY, all of them together: then they share what a suite has set up. PREFIX stands
# before the names of the entries.
function(flexunet_test name)
  cmake_parse_arguments(TEST "ONE_ENTRY" "PREFIX" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # A room's tests may look at what the room keeps to itself.
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${TEST_LINKS} GTest::gtest_main flexunet_warnings)
  target_compile_definitions(${name} PRIVATE FLEXUNET_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(TEST_ONE_ENTRY)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "${TEST_LABELS}")
  else()
    set(prefix)
    if(TEST_PREFIX)
      set(prefix TEST_PREFIX ${TEST_PREFIX})
    endif()
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST ${prefix}
      PROPERTIES TIMEOUT 300 LABELS "${TEST_LABELS}")
  endif()
endfunction()

# flexunet_torch_test: the same with the shared precompiled header.
function(flexunet_torch_test name)
  flexunet_test(${name} ${ARGN})
  target_precompile_headers(${name} REUSE_FROM flexunet_torch_header)
endfunction()

# flexunet_fuzz_target(NAME LINKS target ...): NAME_fuzz.cpp, which defines reads_input, as the
# libFuzzer program fuzz_NAME where FLEXUNET_FUZZ is set; elsewhere as a GoogleTest binary that runs
# it over every file of corpus/NAME.
function(flexunet_fuzz_target name)
  cmake_parse_arguments(TARGET "" "" "LINKS" ${ARGN})
  if(FLEXUNET_FUZZ)
    flexunet_program(fuzz_${name} SOURCES libfuzzer.cpp ${name}_fuzz.cpp LINKS ${TARGET_LINKS})
    target_include_directories(fuzz_${name}
      PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  flexunet_test(${name}_corpus_tests SOURCES corpus_test.cpp ${name}_fuzz.cpp LINKS ${TARGET_LINKS}
    PREFIX ${name}.)
  target_compile_definitions(${name}_corpus_tests PRIVATE FLEXUNET_FUZZ_TARGET="${name}")
endfunction()

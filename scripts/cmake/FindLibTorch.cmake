# Finds LibTorch (the one in CMAKE_PREFIX_PATH before Debian's) and refuses a mixture of two.
# A LibTorch with CUDA tries its compiler in C++'s standard, unless told otherwise, and CMake 3.25 knows
# no C++20 of nvcc 13. Nothing here is compiled as CUDA.
set(CMAKE_CUDA_STANDARD 17)
find_package(Torch REQUIRED)

# With Debian's libtorch-dev installed, CMAKE_PREFIX_PATH=.../torch/share/cmake finds the newer
# headers and Debian's libraries. Such a program starts and then crashes.
foreach(directory IN LISTS TORCH_INCLUDE_DIRS)
  # Newer LibTorch keeps its version in headeronly.
  foreach(header torch/version.h torch/headeronly/version.h)
    if(NOT torch_header_version AND EXISTS ${directory}/${header})
      file(STRINGS ${directory}/${header} version_lines REGEX "TORCH_VERSION_(MAJOR|MINOR) [0-9]+")
      list(TRANSFORM version_lines REPLACE ".* ([0-9]+).*" "\\1")
      list(JOIN version_lines "." torch_header_version)
      if(torch_header_version)
        set(torch_header_directory ${directory})
      endif()
    endif()
  endforeach()
endforeach()
file(REAL_PATH "${TORCH_LIBRARY}" torch_library_file)
string(REGEX MATCH "\\.so\\.([0-9]+\\.[0-9]+)" unused "${torch_library_file}")
set(torch_library_version "${CMAKE_MATCH_1}")
if(NOT torch_library_version)
  # The libraries of the PyPI package carry no version in their names: they lie beside their headers.
  string(REGEX REPLACE "/lib/[^/]*$" "/include" beside "${torch_library_file}")
  file(REAL_PATH "${torch_header_directory}" headers)
  string(FIND "${headers}" "${beside}" position)
  if(position EQUAL 0)
    set(torch_library_version ${torch_header_version})
  endif()
endif()
if(NOT torch_header_version STREQUAL torch_library_version)
  message(FATAL_ERROR
    "LibTorch's headers (${torch_header_directory}, ${torch_header_version}) and library "
    "(${TORCH_LIBRARY}, ${torch_library_version}) differ. Name the folder that holds both include/ "
    "and lib/, for example -DCMAKE_PREFIX_PATH=<site-packages>/torch.")
endif()
if(FLEXUNET_CUDA AND NOT TARGET torch_cuda)
  message(FATAL_ERROR
    "FLEXUNET_CUDA: ${TORCH_LIBRARY} is built for the CPU alone. Name the folder of a LibTorch with "
    "CUDA that holds include/ and lib/, for example FLEXUNET_LIBTORCH=<site-packages>/torch in the "
    "environment of cmake --preset cuda; scripts/cuda.sh does.")
endif()
message(STATUS "LibTorch ${torch_header_version}: ${TORCH_LIBRARY}")

add_library(flexunet_torch INTERFACE)
# SYSTEM: the project's warnings are not for LibTorch's headers.
target_include_directories(flexunet_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
# The C++ library first: the PyPI package's libtorch.so exports parts of an older one, and would answer
# for std::filesystem (remove_all then jumps to address 0).
target_link_libraries(flexunet_torch INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:stdc++> ${TORCH_LIBRARIES})
get_target_property(fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
file(REAL_PATH "${fmt_include}" fmt_include)
foreach(directory IN LISTS TORCH_INCLUDE_DIRS)
  file(REAL_PATH "${directory}" directory)
  if(EXISTS ${directory}/fmt/format.h AND NOT directory STREQUAL fmt_include)
    # Its headers hide the system's fmt, whose library holds other symbols: use them without one.
    target_compile_definitions(flexunet_torch INTERFACE FMT_HEADER_ONLY=1)
  endif()
endforeach()
separate_arguments(torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(flexunet_torch INTERFACE ${torch_flags})
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 14)
  # GCC 14 sees a copy beyond the end where torch::autograd::Function::apply reserves a
  # std::vector<bool>, inlined into whatever calls it. GCC 12 still looks for such faults of ours.
  target_compile_options(flexunet_torch INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
endif()
# at::parallel_for runs on one thread in what is compiled without OpenMP. Not OpenMP::OpenMP_CXX, which
# names the compiler's libgomp by its path: the one beside LibTorch serves both.
target_compile_options(flexunet_torch INTERFACE ${OpenMP_CXX_FLAGS})
target_link_options(flexunet_torch INTERFACE ${OpenMP_CXX_FLAGS})

# torch/torch.h costs 16 s a file: it is compiled once and shared.
file(WRITE ${CMAKE_BINARY_DIR}/torch_header.cpp "// Carries the precompiled torch/torch.h.\n")
add_library(flexunet_torch_header STATIC ${CMAKE_BINARY_DIR}/torch_header.cpp)
# The same flags as its users: GCC refuses a precompiled header made with others.
target_link_libraries(flexunet_torch_header PUBLIC flexunet_torch PRIVATE flexunet_warnings)
target_precompile_headers(flexunet_torch_header PRIVATE <torch/torch.h>)

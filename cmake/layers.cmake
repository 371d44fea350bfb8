# Holds every #include to the table of layers (docs/ARCHITECTURE.md):
#
#   cmake -DROOT=DIR -P layers.cmake
#
# The include roots of cmake/layer.cmake already keep the compiler to it. This also catches what the
# compiler would let through: a relative path out of the folder, a system-style include of a layer,
# and a probe that takes a header of the harness.
cmake_minimum_required(VERSION 3.25)

set(layers base kernel container image pack report check bench)
set(base_uses base)
set(kernel_uses base kernel)
set(container_uses base kernel container)
set(image_uses base kernel image)
set(pack_uses base pack)
set(report_uses base report)
set(check_uses base kernel container report check)
set(bench_uses base kernel container image pack report bench)

set(wrong "")

macro(complain file include why)
  string(APPEND wrong "${file}: \"${include}\": ${why}\n")
endmacro()

# judge(FILE FOLDER INCLUDE): one include of FILE, which lies in FOLDER (a layer, or "main" for the
# subcommands, the tests and the fixtures, which see every layer; or "probes", which sees none).
function(judge file folder include)
  if(include MATCHES "(^|/)\\.\\./")
    complain(${file} ${include} "leaves its folder")
  elseif(include MATCHES "^([a-z0-9_]+)/")
    set(layer ${CMAKE_MATCH_1})
    if(NOT layer IN_LIST layers)
      # a system header such as <sys/stat.h>
    elseif(folder STREQUAL "probes")
      complain(${file} ${include} "a probe must not share the code that it judges")
    elseif(NOT folder STREQUAL "main" AND NOT layer IN_LIST ${folder}_uses)
      complain(${file} ${include} "the layer ${folder} may not use ${layer}")
    elseif(NOT EXISTS ${ROOT}/harness/${include} AND NOT EXISTS ${ROOT}/${include})
      complain(${file} ${include} "there is no such header")
    endif()
  elseif(quoted AND folder IN_LIST layers)
    complain(${file} ${include} "write ${folder}/${include}")
  elseif(quoted AND folder STREQUAL "probes" AND NOT EXISTS ${ROOT}/${directory}/${include})
    complain(${file} ${include} "not beside the file")
  endif()
  set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${ROOT}
  ${ROOT}/harness/*.[ch] ${ROOT}/bench/*.[ch] ${ROOT}/probes/*.[chS] ${ROOT}/fixtures/*.[ch])
foreach(file IN LISTS files)
  set(folder main)
  if(file MATCHES "^harness/([a-z0-9_]+)/" AND CMAKE_MATCH_1 IN_LIST layers)
    set(folder ${CMAKE_MATCH_1})
  elseif(file MATCHES "^(probes|bench)/")
    set(folder ${CMAKE_MATCH_1})
  endif()
  get_filename_component(directory ${file} DIRECTORY)
  file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*include[ \t]*[\"<]")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "([\"<])([^\">]+)" found "${line}")
    string(COMPARE EQUAL "${CMAKE_MATCH_1}" "\"" quoted)
    judge(${file} ${folder} ${CMAKE_MATCH_2})
  endforeach()
endforeach()

list(LENGTH files count)
if(count EQUAL 0)
  message(FATAL_ERROR "no source below ${ROOT}")
elseif(wrong)
  message(FATAL_ERROR "includes that the layers forbid:\n${wrong}")
endif()
message(STATUS "${count} files keep to the layers")

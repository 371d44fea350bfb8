# Compiler flags for every target of our own, through one interface library.
add_library(nsproof_flags INTERFACE)
target_compile_definitions(nsproof_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(nsproof_flags INTERFACE
  -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes
  -Wpointer-arith -Wundef -Wno-missing-field-initializers
  # a text that is too long is cut on purpose
  $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>
  -fno-strict-aliasing -fno-pie -ffunction-sections -fdata-sections
  $<$<CONFIG:Release>:-fstack-protector-strong>)
# non-PIE: a start-up without relocations, see docs/ARCHITECTURE.md
target_link_options(nsproof_flags INTERFACE -no-pie -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro,-z,now)
if(NSPROOF_WERROR)
  target_compile_options(nsproof_flags INTERFACE -Werror)
endif()
if(NSPROOF_SANITIZE)
  target_compile_options(nsproof_flags INTERFACE -fsanitize=address,undefined
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(nsproof_flags INTERFACE -fsanitize=address,undefined)
endif()
if(NSPROOF_FUZZ)
  target_compile_options(nsproof_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

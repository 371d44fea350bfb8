# what measures: bench/
nsproof_test(bench_stats USES base report bench LIBS m)
nsproof_test(bench_sample USES base report bench LIBS m)
nsproof_test(bench_noise USES base bench LIBS m)
nsproof_test(bench_compare USES base kernel container report bench LIBS m)
nsproof_test(bench_peer USES base kernel report bench LIBS m)
nsproof_test(bench_commands USES base report bench LIBS pkg_jansson m)
nsproof_test(bench_image USES base image pack bench kernel report)

# nsproof with faults and delays on demand, which the product has not: system/hooks.c
nsproof_program(nsproof_hooked system/hooks.c)
target_link_options(nsproof_hooked PRIVATE
  -Wl,--wrap=container_start -Wl,--wrap=container_wait -Wl,--wrap=image_unpack)

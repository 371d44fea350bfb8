# what measures: bench/
nsproof_test(bench_stats USES base report bench LIBS m)
nsproof_test(bench_sample USES base report bench LIBS m)
nsproof_test(bench_noise USES base bench LIBS m)
nsproof_test(bench_commands USES base report bench LIBS pkg_jansson m)

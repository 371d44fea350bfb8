# The container core and the check engine: unit tests of what is pure.
nsproof_test(guard USES base kernel container)
nsproof_test(stage USES base container kernel)
nsproof_test(answer USES base kernel container report check)
nsproof_test(verdict USES base kernel container report check)
nsproof_test(catalogue USES base kernel container report check LIBS probe_image)

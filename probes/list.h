// SPDX-License-Identifier: MIT
/*
 * Every probe: the id that a check bears too, and the name that its PROBE() was given. To add a
 * probe: one row here, one function in the file of its suite.
 */
#ifndef NSPROBE_LIST_H
#define NSPROBE_LIST_H

/* clang-format off */
#define PROBE_LIST(P)                                              \
	P("pid/kill-0", pid_kill_0)                                \
	P("pid/pidfd-open", pid_pidfd_open)                        \
	P("pid/getppid-zero", pid_getppid_zero)                    \
	P("pid/host-process-in-proc", pid_host_process_in_proc)    \
	P("pid/host-cmdline", pid_host_cmdline)                    \
	P("proc/host-environ", proc_host_environ)                  \
	P("proc/host-root-link", proc_host_root_link)              \
	P("proc/mountinfo-no-host", proc_mountinfo_no_host)        \
	P("mount/canary-by-path", mount_canary_by_path)            \
	P("mount/chroot-dotdot-escape", mount_chroot_dotdot_escape) \
	P("mount/old-root-still-mounted", mount_old_root_still_mounted) \
	P("mount/pivot-dot-dot", mount_pivot_dot_dot)              \
	P("mount/cwd-outside", mount_cwd_outside)                  \
	P("mount/mount-leaks-to-host", mount_mount_leaks_to_host)  \
	P("mount/host-mount-enters", mount_host_mount_enters)      \
	P("mount/umount-reveals-cover", mount_umount_reveals_cover) \
	P("mount/umount-detach-parent", mount_umount_detach_parent) \
	P("mount/bind-reveals-cover", mount_bind_reveals_cover)    \
	P("mount/clone-reveals-cover", mount_clone_reveals_cover)  \
	P("mount/move-reveals-cover", mount_move_reveals_cover)    \
	P("mount/remount-clears-ro", mount_remount_clears_ro)      \
	P("mount/setattr-clears-ro", mount_setattr_clears_ro)      \
	P("mount/clone-clears-ro", mount_clone_clears_ro)          \
	P("mount/clear-nosuid", mount_clear_nosuid)                \
	P("mount/clear-nodev", mount_clear_nodev)                  \
	P("mount/clear-noexec", mount_clear_noexec)                \
	P("mount/clear-noatime", mount_clear_noatime)              \
	P("mount/reconfigure", mount_reconfigure)                  \
	P("mount/rename-out-of-bind", mount_rename_out_of_bind)    \
	P("mount/handle-out-of-bind", mount_handle_out_of_bind)    \
	P("mount/resolve-beneath", mount_resolve_beneath)          \
	P("mount/resolve-in-root", mount_resolve_in_root)          \
	P("mount/resolve-no-xdev", mount_resolve_no_xdev)          \
	P("mount/resolve-no-magiclinks", mount_resolve_no_magiclinks) \
	P("net/if-visible", net_if_visible)                        \
	P("net/loopback-tcp", net_loopback_tcp)                    \
	P("net/loopback-udp", net_loopback_udp)                    \
	P("net/abstract-unix", net_abstract_unix)                  \
	P("net/routes", net_routes)                                \
	P("net/veth-nsid-getlink", net_veth_nsid_getlink)          \
	P("net/veth-gateway", net_veth_gateway)                    \
	P("net/nat-out", net_nat_out)                              \
	P("net/lo-up", net_lo_up)                                  \
	P("net/proc-tcp", net_proc_tcp)                            \
	P("net/sock-diag-tcp", net_sock_diag_tcp)                  \
	P("net/proc-unix", net_proc_unix)                          \
	P("net/sock-diag-unix", net_sock_diag_unix)                \
	P("net/proc-pid-net", net_proc_pid_net)                    \
	P("net/proc-netlink", net_proc_netlink)                    \
	P("net/proc-route", net_proc_route)                        \
	P("net/proc-arp", net_proc_arp)                            \
	P("net/neighbours", net_neighbours)                        \
	P("net/nft-tables", net_nft_tables)                        \
	P("uts/sethostname-leaks", uts_sethostname_leaks)          \
	P("uts/host-rename-enters", uts_host_rename_enters)        \
	P("ipc/shm-by-key", ipc_shm_by_key)                        \
	P("ipc/mq-open", ipc_mq_open)                              \
	P("fd/dir-fd-openat", fd_dir_fd_openat)                    \
	P("key/session-inherited", key_session_inherited)          \
	P("user/read-root-only-file", user_read_root_only_file)    \
	P("user/clone-newuser-fs", user_clone_newuser_fs)          \
	P("cap/swapon", cap_swapon)                                \
	P("cap/acct", cap_acct)                                    \
	P("cap/kexec-load", cap_kexec_load)                        \
	P("cap/module-load", cap_module_load)                      \
	P("cap/module-unload", cap_module_unload)                  \
	P("cap/bpf-enumerate", cap_bpf_enumerate)                  \
	P("cap/syslog-unread", cap_syslog_unread)                  \
	P("cap/vhangup", cap_vhangup)                              \
	P("cap/reboot", cap_reboot)                                \
	P("cap/perf-system-wide", cap_perf_system_wide)            \
	P("cap/fanotify-unlimited", cap_fanotify_unlimited)        \
	P("cap/nice-raise", cap_nice_raise)                        \
	P("cap/sched-fifo", cap_sched_fifo)                        \
	P("cap/ioprio-realtime", cap_ioprio_realtime)              \
	P("cap/rlimit-raise", cap_rlimit_raise)                    \
	P("cap/mlock-unlimited", cap_mlock_unlimited)              \
	P("cap/pipe-size", cap_pipe_size)                          \
	P("cap/oom-score", cap_oom_score)                          \
	P("cap/raw-socket", cap_raw_socket)                        \
	P("cap/sets-empty", cap_sets_empty)                        \
	P("cap/bounding-empty", cap_bounding_empty)                \
	P("cap/inheritable-raise", cap_inheritable_raise)          \
	P("cap/ambient-raise", cap_ambient_raise)                  \
	P("cap/securebits", cap_securebits)                        \
	P("cap/chroot", cap_chroot)                                \
	P("cap/new-namespace", cap_new_namespace)                  \
	P("cap/regain-by-exec", cap_regain_by_exec)                \
	P("cap/regain-by-userns", cap_regain_by_userns)            \
	P("cap/nnp-set", cap_nnp_set)                              \
	P("cap/nnp-setuid", cap_nnp_setuid)                        \
	P("cap/nnp-file-caps", cap_nnp_file_caps)                  \
	P("cap/seccomp-active", cap_seccomp_active)                \
	P("cap/seccomp-keyctl", cap_seccomp_keyctl)                \
	P("cap/seccomp-add-key", cap_seccomp_add_key)              \
	P("cap/seccomp-adjtimex", cap_seccomp_adjtimex)            \
	P("cap/seccomp-io-uring", cap_seccomp_io_uring)            \
	P("cap/seccomp-userfaultfd", cap_seccomp_userfaultfd)      \
	P("cap/seccomp-compat", cap_seccomp_compat)                \
	P("cgroup/path-leak", cgroup_path_leak)                    \
	P("time/offset-differs", time_offset_differs)              \
	P("open/boot-id", open_boot_id)
/* clang-format on */

#endif

// SPDX-License-Identifier: MIT
/* Inside the catalogue: the canaries that rows choose from, one file for each kind of thing. */
#ifndef NSPROOF_CHECK_CANARY_H
#define NSPROOF_CHECK_CANARY_H

#include "check/arm.h"

/* canary_process.c */
extern const struct canary canary_process; /* pid=, name=; token in argv and environment */

/* canary_target.c; pid=; fd= or the like is what was left open */
extern const struct canary canary_target;        /* fd=, addr=, ino=: the token is a number */
extern const struct canary canary_target_cwd;    /* name=: a file in its directory */
extern const struct canary canary_target_mount;  /* name=: a mount with the token in its source */
extern const struct canary canary_target_exe;    /* dev=, ino= */
extern const struct canary canary_target_pidfd;  /* fd=; the token is the pid */
extern const struct canary canary_pidns;         /* fd= */
extern const struct canary canary_target_peer;   /* client=, inbox=; the token is the pid */
extern const struct canary canary_target_handle; /* type=, handle= */

/* canary_file.c; path= or name= say where */
extern const struct canary canary_root_file;    /* path=: a file in the root directory */
extern const struct canary canary_process_root; /* pid=, path=: the same through a process */
extern const struct canary canary_secret_file;  /* path=: mode 0600, bound into the container */
extern const struct canary canary_cwd;          /* name=: a file in the creator's directory */
extern const struct canary canary_dir_fd;       /* name=: a file below a leaked descriptor */

/* canary_mount.c */
extern const struct canary canary_mount_source; /* name=: a mount with the token in its source */
extern const struct canary canary_mount_out;    /* dir=: what the container mounts there */
extern const struct canary canary_mount_in;     /* dir=: what the host mounts there later */

/* canary_tree.c; path= says where */
extern const struct canary canary_covered;    /* token in dir/token, covered; aside/ is free */
extern const struct canary canary_restricted; /* token; the mount has every flag that restricts */
extern const struct canary canary_resizable;  /* the witness looks at its size */
extern const struct canary canary_renamed;    /* deep/: the host moves it to beside the token */
extern const struct canary canary_handle;     /* type=, handle=: of a directory beside path= */

/* Mounts a tmpfs on a new directory below `above`; a descriptor of it, s->path says where. */
int canary_tree(struct scene *s, const char *above, struct err *err);
void canary_tree_remove(struct scene *s);
/* The container finds `below` of the tree under the same path as the arena, or bound: path=. */
void canary_tree_bring(struct scene *s, const char *below);
bool canary_is_mounted(const struct scene *s); /* is there a mount on s->path? */

/* canary_mount_fd.c; name=: a file with the token below a leaked descriptor */
extern const struct canary canary_leaked_tree;  /* a mount that is attached nowhere */
extern const struct canary canary_leaked_mount; /* token=: the witness reads it from path/token */
extern const struct canary canary_leaked_mount_gone; /* the same: is it unmounted? */
extern const struct canary canary_leaked_mount_ro;   /* the same: is it read-only? */
extern const struct canary canary_climb; /* name= lies in the root, far above the descriptor */

/* canary_propagation.c; path= or dir= on a shared mount of the host */
extern const struct canary canary_shared_mount; /* path=: is it unmounted? */
extern const struct canary canary_shared_cover; /* path=: the host uncovers dir/token */
extern const struct canary canary_bind_in;      /* dir=: the host binds the token there */
extern const struct canary canary_peer_group;   /* group=: of a mount of the host */
extern const struct canary canary_joinable;     /* path=, token=; a descriptor of the host's */
extern const struct canary canary_shared_clone; /* token=; a clone behind a descriptor */

/* canary_mount_id.c; name=, mount=, ns=: NAME:TOKEN is the mount point */
extern const struct canary canary_mount_id;

/* canary_net.c */
extern const struct canary canary_route;         /* dest=: token as its metric */
extern const struct canary canary_loopback_tcp;  /* port= */
extern const struct canary canary_loopback_udp;  /* port= */
extern const struct canary canary_abstract_unix; /* name= */
extern const struct canary canary_gateway;       /* addr=, port= */
extern const struct canary canary_world;         /* addr=, port=, peer= */

extern const struct canary canary_loopback_tcp6; /* port= */
extern const struct canary canary_gateway6;      /* addr=, port= */
extern const struct canary canary_outer;         /* addr=, port= */

/* canary_socket.c: sockets in the file system, and such as the creator left open */
extern const struct canary canary_path_unix;     /* path= */
extern const struct canary canary_bound_unix;    /* path=: bound into the container */
extern const struct canary canary_leaked_socket; /* fd=, port=: of the same network */
extern const struct canary canary_leaked_packet; /* fd=, name=: sees NAME:TOKEN go by */

/* canary_traffic.c: NAME:TOKEN goes over the host's network while the probe waits */
extern const struct canary canary_packet;    /* name= */
extern const struct canary canary_multicast; /* name=, group=, port= */
extern const struct canary canary_broadcast; /* name=, group=, port= */
extern const struct canary canary_usersock;  /* name= */
extern const struct canary canary_caller;    /* port=: who connects to it from outside */

/* canary_link.c: a link that the arena keeps */
extern const struct canary canary_link;           /* link=: token as its alias */
extern const struct canary canary_link_event;     /* link=: gets the token as its alias */
extern const struct canary canary_link_to_change; /* link=, token= */
extern const struct canary canary_neighbour;      /* addr=: token as its hardware address */
extern const struct canary canary_address;        /* link=: token as its address */

/* canary_netns.c: who reaches into the host's network namespace */
extern const struct canary canary_new_link;          /* link=: how a new link is to be called */
extern const struct canary canary_new_link_pid;      /* link=, pid= */
extern const struct canary canary_new_link_fd;       /* link=, fd=: of the namespace */
extern const struct canary canary_leaked_netlink;    /* link=, fd= */
extern const struct canary canary_setting;           /* path=: its value is the token */
extern const struct canary canary_setting_to_change; /* path=, value= */

/* canary_netlist.c */
extern const struct canary canary_listener;     /* port=: token as its address */
extern const struct canary canary_named_unix;   /* name=: NAME-TOKEN is abstract */
extern const struct canary canary_process_unix; /* pid=, name=: the same */
extern const struct canary canary_netlink;      /* inode=: token as its port id */
extern const struct canary canary_table;        /* name=: NAME-TOKEN is one of nftables */

/* canary_kernel.c: objects of the kernel that are reached by name or number */
extern const struct canary canary_hostname; /* name=: the witness reads the hostname */
extern const struct canary canary_rename;   /* the host takes the token as its name */
extern const struct canary canary_shm;      /* key=, id= */
extern const struct canary canary_mqueue;   /* name= */
extern const struct canary canary_cgroup;   /* name=: the container's cgroup bears the token */
extern const struct canary canary_boot_id;

/* canary_privilege.c; path= is a copy of the probe that belongs to somebody else */
extern const struct canary canary_setuid;    /* set-user-ID */
extern const struct canary canary_file_caps; /* with file capabilities */
/* canary_leak.c: descriptors left open; fd= */
extern const struct canary canary_leak_file;
extern const struct canary canary_leak_lock;   /* the witness finds it unlocked */
extern const struct canary canary_leak_offset; /* offset=: the witness finds it there */
extern const struct canary canary_leak_socket;
extern const struct canary canary_leak_rights;
extern const struct canary canary_leak_listener;
extern const struct canary canary_leak_netsock;
extern const struct canary canary_leak_udp; /* port=, word=: the witness listens there */
extern const struct canary canary_leak_master;
extern const struct canary canary_leak_slave; /* word=: the witness reads what is typed */
extern const struct canary canary_terminal;   /* path=, not left open */

/* canary_leak_kernel.c: objects without a file, left open; fd= */
extern const struct canary canary_leak_eventfd; /* number=: the witness waits for it */
extern const struct canary canary_leak_epoll;
extern const struct canary canary_leak_timerfd;
extern const struct canary canary_leak_inotify;
extern const struct canary canary_leak_mqueue;
extern const struct canary canary_leak_mount; /* name= */
extern const struct canary canary_leak_uffd;  /* address=, word=: the witness reads it there */
extern const struct canary canary_leak_bpf_map;

/* canary_handle.c; fd= is what was left open */
extern const struct canary canary_file_handle;  /* dir=, type=, handle= */
extern const struct canary canary_file_watched; /* dir= */
extern const struct canary canary_ns_handle;    /* type=, handle=, ino= */
extern const struct canary canary_leak_nsfd;    /* fd= */
extern const struct canary canary_leak_pidfd;   /* fd=, target= */
extern const struct canary canary_leak_perf;    /* fd= */
extern const struct canary canary_leak_ring;    /* fd=, tail=, array=, cqes= */

/* canary_device.c */
extern const struct canary canary_dev_entry;
extern const struct canary canary_dev_node; /* path= */
extern const struct canary canary_shm_file; /* path= */
extern const struct canary canary_controlling_terminal;

/* Opens a new terminal in raw mode: fds[0] the master, fds[1] the slave, `path` its name. */
int canary_open_terminal(struct scene *s, struct err *err);

/*
 * Leaves *fd open for the container under a new number, far from those that the container's standard
 * input and output or the probe's own descriptors take.
 */
int canary_leave_open(int *fd, struct err *err);

/* The same, and passes the number as fd=. */
int canary_leak(struct scene *s, int *fd, struct err *err);

/* A new memfd with the token; the caller owns it. */
int canary_memfd(struct scene *s, struct err *err);

/* canary_ipc.c: System V objects and message queues, and what only a witness sees */
extern const struct canary canary_sem;      /* key=, id=: one semaphore for each character */
extern const struct canary canary_sem_op;   /* key=, value=: the witness reads the semaphore */
extern const struct canary canary_msg;      /* key=, id=: token as a message */
extern const struct canary canary_msg_send; /* key=, message=: the witness receives */
extern const struct canary canary_mq_send;  /* name=, message=: the witness receives */
extern const struct canary canary_mq_fd;    /* fd=: a queue that the creator left open */
extern const struct canary canary_dev_shm;  /* name=: POSIX shared memory */
extern const struct canary canary_msgmax;   /* value=: the witness reads kernel.msgmax */
extern const struct canary canary_msg_max;  /* value=: the witness reads fs.mqueue.msg_max */

/* canary_clock.c: what the host's clocks show, in seconds */
extern const struct canary canary_clock;    /* mono= */
extern const struct canary canary_boottime; /* boot= */
extern const struct canary canary_realtime; /* real= */

/* canary_key.c; key=, ring=: their numbers, name= */
extern const struct canary canary_key;
extern const struct canary canary_key_view;  /* token as its description */
extern const struct canary canary_key_named; /* name= is also the keyring's, which may be joined */

/* canary_uts.c */
extern const struct canary canary_domainname;    /* name=: the witness reads the NIS domain name */
extern const struct canary canary_domain_rename; /* the host takes the token as its domain name */
extern const struct canary canary_names;         /* name=: the host is already called NAME-TOKEN */

/* canary_ns.c: a namespace of the creator left open as fd=, and what is to be seen in it */
extern const struct canary canary_uts_fd;    /* the hostname is the token */
extern const struct canary canary_ipc_fd;    /* key=: shared memory */
extern const struct canary canary_time_fd;   /* mono= */
extern const struct canary canary_cgroup_fd; /* name=: the container's cgroup bears the token */

/* canary_user.c */
extern const struct canary canary_foreign_file;   /* path=: mode 0600, of a high user id */
extern const struct canary canary_setuid_born;    /* path=: a directory that all may write to */
extern const struct canary canary_file_caps_born; /* path=: the same */
extern const struct canary canary_ns_fd;          /* fd=: the creator's uts namespace, left open */

/* canary_cgroup.c; sibling=: a cgroup beside the container's, called NAME-TOKEN, name= */
extern const struct canary canary_sibling;
extern const struct canary canary_sibling_process; /* with a process, pid= */
extern const struct canary canary_sibling_event;   /* which a process enters later, pid= */
extern const struct canary canary_cgroup_dir;      /* fd=: the directory above left open */

/* canary_facts.c: what is true of the host and not planted; the token says it, or a hash of it */
extern const struct canary canary_release;      /* of the kernel */
extern const struct canary canary_command_line; /* of the kernel */
extern const struct canary canary_memory;       /* how much there is */
extern const struct canary canary_drivers;      /* of the kernel */
extern const struct canary canary_partitions;   /* of the disks */
extern const struct canary canary_filesystems;  /* that the kernel knows */
extern const struct canary canary_namespaces; /* ids=: of the creator's, in the order of ns_table */
extern const struct canary canary_places;     /* root=, dev=: the creator's, as device:inode */
extern const struct canary canary_given_name; /* name=: what the container is called */

/* canary_ways.c: ways that creators leave open */
extern const struct canary canary_tmp_file;     /* path=: in the host's /tmp */
extern const struct canary canary_environment;  /* a variable of the creator's */
extern const struct canary canary_unix_path;    /* path=: a socket that anybody may connect to */
extern const struct canary canary_shared_owner; /* dir=: the witness asks whose the file in it is */

/* Starts the process of canary_process; for canaries that need one besides. */
int canary_spawn(struct scene *s, struct err *err);
void canary_kill(struct scene *s);

/* Starts a process that gives the token to whoever connects, or sends a datagram. */
int canary_serve(struct scene *s, int sock, bool datagram, struct err *err);
/* The same on an IP address, with port=. */
int canary_serve_at(struct scene *s, int type, const char *address, struct err *err);

/* Sends NAME:TOKEN over the host's loopback; the stimulus of canary_packet. */
int canary_send_packet(struct scene *s, struct err *err);

/*
 * Gives the arena's link (a bridge, down) this alias, which may be "", and passes it as link=. The
 * first one to ask makes it. It is never removed: what else is put on it must be taken off again or
 * be replaced by the next one. s->name becomes its name.
 */
int canary_borrow_link(struct scene *s, const char *alias, struct err *err);

/* A witness: is the token in the file `token` below s->path? */
int canary_see_token(struct scene *s, struct err *err);

/*
 * Passes type= and handle=, a file handle in hexadecimal, as it could be guessed; `dirfd`, `path` and
 * `flags` as for name_to_handle_at(2).
 */
int canary_pass_handle(struct scene *s, int dirfd, const char *path, int flags, struct err *err);

/* Writes the token and a newline to a new file below `dir_fd`. */
int canary_write(struct scene *s, int dir_fd, const char *name, mode_t mode, struct err *err);

#endif

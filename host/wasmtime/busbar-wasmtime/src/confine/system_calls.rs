use super::Sockets;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter,
};
use std::collections::BTreeMap;

/// What an open board needs of the kernel least: other programs, a network, other processes, and ways to have more rights. No
/// list of what it may do: that of a library that is updated changes, and a sensor must not end by that.
const DENIED: [libc::c_long; 40] = [
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_open_by_handle_at,
];

/// The family of sockets on which the kernel tells of devices that come and go; nobody else can be reached by it.
const NETLINK: u64 = libc::AF_NETLINK as u64;

/// Denies system calls to this thread and those that it starts, by seccomp(2): each answers EPERM. `sockets` leaves what
/// these need.
///
/// # Errors
///
/// Why not: the rest of a sentence.
pub fn confine(sockets: Sockets) -> Result<(), String> {
    let problem = |cause: String| format!("seccomp refused its filter ({cause})");
    let target = TargetArch::try_from(std::env::consts::ARCH).map_err(|cause| problem(cause.to_string()))?;
    let mut rules: BTreeMap<_, Vec<SeccompRule>> = DENIED.into_iter().map(|call| (call, Vec::new())).collect();
    if sockets.listening {
        rules.remove(&libc::SYS_accept);
        rules.remove(&libc::SYS_accept4);
    }
    if sockets.netlink {
        let other_family = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, NETLINK);
        let other_family = other_family.and_then(|condition| SeccompRule::new(vec![condition]));
        rules.insert(libc::SYS_socket, vec![other_family.map_err(|cause| problem(cause.to_string()))?]);
        rules.remove(&libc::SYS_bind);
    }
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let program: BpfProgram = SeccompFilter::new(rules, SeccompAction::Allow, denied, target)
        .and_then(BpfProgram::try_from)
        .map_err(|cause| problem(cause.to_string()))?;
    apply_filter(&program).map_err(|cause| problem(cause.to_string()))
}

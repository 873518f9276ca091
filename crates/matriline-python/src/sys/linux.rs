//! Linux.

use std::ffi::{CStr, CString, OsStr, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Whether this thread is the one that `main` runs on.
pub(crate) fn is_main_thread() -> bool {
    // SAFETY: both calls only read numbers of this process.
    unsafe { libc::gettid() == libc::getpid() }
}

/// The file that holds the code at `address`.
pub(crate) fn library_path(address: *const c_void) -> Option<PathBuf> {
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: `dladdr` only looks at the address and fills `info`.
    let info = unsafe { (libc::dladdr(address, info.as_mut_ptr()) != 0).then(|| info.assume_init()) }?;
    // SAFETY: a non-null name is a C string that lives as long as the library stays loaded.
    let name = (!info.dli_fname.is_null()).then(|| unsafe { CStr::from_ptr(info.dli_fname) })?;
    std::fs::canonicalize(OsStr::from_bytes(name.to_bytes())).ok()
}

/// Whether a process is a child of this one.
pub(crate) fn is_child(process: libc::pid_t) -> bool {
    let Ok(id) = libc::id_t::try_from(process) else { return false };
    let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: it looks, waits for nothing and takes nothing away; `info` may be filled in.
    id > 0 && unsafe { libc::waitid(libc::P_PID, id, info.as_mut_ptr(), flags) } == 0
}

/// Has `handler` called in the child of every fork.
pub(crate) fn on_fork_in_child(handler: extern "C" fn()) {
    // SAFETY: the handler is a plain function that stays loaded as long as this library.
    unsafe { libc::pthread_atfork(None, None, Some(handler)) };
}

/// Runs `body` and puts the process's answer to an interrupt (Ctrl-C) back as it was before.
pub(crate) fn with_interrupts_kept<R>(body: impl FnOnce() -> R) -> R {
    let mut before = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: asks for the present action, and sets nothing.
    let asked = unsafe { libc::sigaction(libc::SIGINT, std::ptr::null(), before.as_mut_ptr()) } == 0;
    let answer = body();
    if asked {
        // SAFETY: the action was filled in above.
        unsafe { libc::sigaction(libc::SIGINT, before.as_ptr(), std::ptr::null_mut()) };
    }
    answer
}

/// The version of the C library, which wheels' tags count by (PEP 600): known for glibc.
pub fn system_version() -> Option<(u32, u32)> {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: it answers a C string that lives for ever.
        let version = unsafe { CStr::from_ptr(libc::gnu_get_libc_version()) };
        let (major, minor) = version.to_str().ok()?.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    }
    #[cfg(not(target_env = "gnu"))]
    None
}

/// Whether the file at an absolute path can be run as a program.
pub(crate) fn can_be_run(path: &Path) -> bool {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else { return false };
    // SAFETY: a C string that lives during the call.
    path.to_bytes().starts_with(b"/") && unsafe { libc::access(path.as_ptr(), libc::X_OK) } == 0
}

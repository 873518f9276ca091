//! What kind of thing an act is, and which list of grants it belongs to.

/// The kind of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Category {
    /// Reading a file or listing a folder.
    FsRead,
    /// Changing a file, its name, mode, owner or times.
    FsReadWrite,
    /// Making a folder, a link, a pipe or a temporary file.
    FsCreate,
    /// Removing a file or a folder.
    FsDelete,
    /// A request by HTTP.
    Http,
    /// A look-up of a host, a connection, a datagram, an open port.
    Socket,
    /// Starting a process or becoming another.
    Process,
    /// A signal to a process or a thread.
    Signal,
    /// Native code: libraries, functions and memory by address, extension modules from elsewhere.
    Native,
    /// Mapped memory.
    Memory,
    /// Code objects made from bytes.
    Code,
    /// Another interpreter in the process.
    Interpreter,
    /// An audit hook.
    AuditHook,
    /// What the whole process shares: environment variables, the current folder.
    Environment,
    /// Limits of the process and names of the machine.
    Limits,
    /// Starting a thread.
    Thread,
    /// Looking at other code: frames, objects, trace functions.
    Introspection,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::FsRead,
        Self::FsReadWrite,
        Self::FsCreate,
        Self::FsDelete,
        Self::Http,
        Self::Socket,
        Self::Process,
        Self::Signal,
        Self::Native,
        Self::Memory,
        Self::Code,
        Self::Interpreter,
        Self::AuditHook,
        Self::Environment,
        Self::Limits,
        Self::Thread,
        Self::Introspection,
    ];

    /// Its name in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FsRead => "fs_read",
            Self::FsReadWrite => "fs_readwrite",
            Self::FsCreate => "fs_create",
            Self::FsDelete => "fs_delete",
            Self::Http => "http",
            Self::Socket => "socket",
            Self::Process => "process",
            Self::Signal => "signal",
            Self::Native => "native",
            Self::Memory => "memory",
            Self::Code => "code",
            Self::Interpreter => "interpreter",
            Self::AuditHook => "audit_hook",
            Self::Environment => "environment",
            Self::Limits => "limits",
            Self::Thread => "thread",
            Self::Introspection => "introspection",
        }
    }

    /// The list that an answer *always* is kept in; `None` for acts whose answer is never kept.
    pub fn grants(self) -> Option<GrantKind> {
        match self {
            Self::FsRead => Some(GrantKind::FsRead),
            Self::FsReadWrite => Some(GrantKind::FsReadWrite),
            Self::Http => Some(GrantKind::NetworkHttp),
            Self::Socket => Some(GrantKind::NetworkSocket),
            Self::Process => Some(GrantKind::Process),
            _ => None,
        }
    }

    /// Whether its targets are paths that are decided by place.
    pub fn is_file_act(self) -> bool {
        matches!(self, Self::FsRead | Self::FsReadWrite | Self::FsCreate | Self::FsDelete)
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A list of grants, as a sidecar's `permissions` name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GrantKind {
    /// Paths to read.
    FsRead,
    /// Paths to read and write.
    FsReadWrite,
    /// Hosts to ask by HTTP.
    NetworkHttp,
    /// Hosts to open sockets to.
    NetworkSocket,
    /// Programs to start.
    Process,
}

impl GrantKind {
    /// All of them, in the order of a sidecar.
    pub const ALL: [Self; 5] =
        [Self::FsRead, Self::FsReadWrite, Self::NetworkHttp, Self::NetworkSocket, Self::Process];

    /// The name of the list.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FsRead => "fs_read",
            Self::FsReadWrite => "fs_readwrite",
            Self::NetworkHttp => "network_http",
            Self::NetworkSocket => "network_socket",
            Self::Process => "process",
        }
    }

    /// The list of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl std::fmt::Display for GrantKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_categories_are_listed_and_named_apart() {
        let names: std::collections::BTreeSet<_> = Category::ALL.into_iter().map(Category::as_str).collect();
        assert_eq!(names.len(), Category::ALL.len());
        // The last of the enum is the last of the list.
        assert_eq!(Category::Introspection as usize, Category::ALL.len() - 1);
    }

    #[test]
    fn lists_have_the_names_of_a_sidecar() {
        for kind in GrantKind::ALL {
            assert_eq!(GrantKind::from_name(kind.as_str()), Some(kind));
        }
        assert_eq!(GrantKind::from_name("fs_delete"), None);
    }
}

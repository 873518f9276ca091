//! What plugins ask of the application through `orca`.

use std::sync::{Arc, Weak};

use matriline_capability::CapabilityId;
use matriline_catalog::CatalogEntry;
use matriline_manifest::Descriptor;
use matriline_orca::Services;
use matriline_policy::GrantKind;
use matriline_python::desk;

use crate::PluginLoader;
use crate::audit::Permission;
use crate::config::running_version;
use crate::loader::Inner;

/// What a plugin asks to be allowed: while it is loaded (`orca.request_permissions`), or in its metadata
/// ([`PluginManager::ask_permissions`](crate::PluginManager::ask_permissions)). Without what it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PermissionRequest {
    /// The key of the plugin.
    pub plugin: String,
    /// What users call it.
    pub name: String,
    /// The paths that it wants to read.
    pub fs_read: Vec<String>,
    /// The paths that it wants to read and write.
    pub fs_readwrite: Vec<String>,
    /// The hosts that it wants to ask by HTTP.
    pub network_http: Vec<String>,
    /// The hosts that it wants to open sockets to.
    pub network_socket: Vec<String>,
    /// The programs that it wants to start.
    pub process: Vec<String>,
}

impl PermissionRequest {
    pub(crate) fn of(plugin: &Descriptor, wanted: &[Permission]) -> Self {
        let mut request =
            Self { plugin: plugin.plugin_key.clone(), name: plugin.name.clone(), ..Self::default() };
        for Permission { kind, target } in wanted {
            let list = match kind {
                GrantKind::FsRead => &mut request.fs_read,
                GrantKind::FsReadWrite => &mut request.fs_readwrite,
                GrantKind::NetworkHttp => &mut request.network_http,
                GrantKind::NetworkSocket => &mut request.network_socket,
                GrantKind::Process => &mut request.process,
            };
            list.push(target.clone());
        }
        request
    }

    /// All of it, in the order of a sidecar.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> + '_ {
        let of = |kind| match kind {
            GrantKind::FsRead => &self.fs_read,
            GrantKind::FsReadWrite => &self.fs_readwrite,
            GrantKind::NetworkHttp => &self.network_http,
            GrantKind::NetworkSocket => &self.network_socket,
            GrantKind::Process => &self.process,
        };
        GrantKind::ALL.into_iter().flat_map(move |kind| {
            of(kind).iter().map(move |target| Permission { kind, target: target.clone() })
        })
    }
}

/// Decides whether a plugin is allowed what it asks for.
pub(crate) type Permit = Arc<dyn Fn(&PermissionRequest) -> bool + Send + Sync>;

/// Takes a message, a JSON text, to the page of a capability.
pub(crate) type PostToPage = Arc<dyn Fn(&CapabilityId, &str) + Send + Sync>;

/// What the application answers plugins with.
#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) permit: Option<Permit>,
    pub(crate) post_to_page: Option<PostToPage>,
}

impl Answers {
    /// Asks the application on its main thread, which may be waiting for the very load that asks.
    pub(crate) fn is_granted(&self, request: &PermissionRequest) -> bool {
        let Some(permit) = self.permit.clone() else { return true };
        let asked = request.clone();
        desk::ask(move || permit(&asked)).unwrap_or_else(|error| {
            let plugin = request.plugin.as_str();
            tracing::warn!(target: "matriline::load", plugin, "What plugin `{plugin}` asks for counts as denied: {error}");
            false
        })
    }
}

/// The services of one load.
pub(crate) struct LoadServices {
    loader: Weak<Inner>,
    entry: Arc<CatalogEntry>,
}

impl LoadServices {
    pub(crate) fn new(loader: &PluginLoader, entry: &Arc<CatalogEntry>) -> Self {
        Self { loader: Arc::downgrade(&loader.0), entry: entry.clone() }
    }

    /// Runs `body` with messages going to the application, unless the manager is gone.
    fn with<R>(&self, body: impl FnOnce(&PluginLoader) -> R) -> Option<R> {
        let loader = PluginLoader(self.loader.upgrade()?);
        Some(loader.logged(|| body(&loader)))
    }
}

impl Services for LoadServices {
    fn has_config(&self, id: &CapabilityId) -> bool {
        self.with(|loader| loader.0.configs.has_base(id)).unwrap_or(true)
    }

    fn config(&self, id: &CapabilityId) -> Option<String> {
        let config = self.with(|loader| loader.0.configs.get(id))?;
        config.effective().map(|stored| stored.config.clone())
    }

    fn config_version(&self, id: &CapabilityId) -> String {
        let config = self.with(|loader| loader.0.configs.get(id)).unwrap_or_default();
        config.effective().map(|stored| stored.plugin_version.clone()).unwrap_or_default()
    }

    fn save_config(&self, id: &CapabilityId, config: &str) -> bool {
        let version = running_version(&self.entry.descriptor);
        let saved = self.with(|loader| {
            let saved = loader.0.configs.save_base(id, version, config);
            saved.inspect_err(|error| {
                tracing::warn!(target: "matriline::config", plugin = &*id.plugin_key, "{error}");
            })
        });
        saved.is_some_and(|saved| saved.is_ok())
    }

    fn request_fs_read(&self, _: &str, paths: &[String]) -> bool {
        let wanted = |path: &String| Permission { kind: GrantKind::FsRead, target: path.clone() };
        let decided = self.with(|loader| {
            let decided = loader.ask_for(&self.entry, paths.iter().map(wanted).collect());
            decided.unwrap_or_else(|error| {
                let plugin = self.entry.descriptor.plugin_key.as_str();
                tracing::warn!(target: "matriline::load", plugin, "What plugin `{plugin}` asks for counts as denied: {error}");
                false
            })
        });
        decided.unwrap_or(false)
    }

    fn post_message(&self, id: &CapabilityId, message: &str) {
        self.with(|loader| {
            if let Some(post) = loader.0.answers.post_to_page.clone() {
                let (id, message) = (id.clone(), message.to_owned());
                desk::tell(move || post(&id, &message));
            }
        });
    }
}

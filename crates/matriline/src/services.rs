//! What plugins ask of the application through `orca`.

use std::sync::{Arc, Weak};

use matriline_capability::CapabilityId;
use matriline_catalog::CatalogEntry;
use matriline_orca::Services;
use matriline_python::desk;

use crate::PluginLoader;
use crate::config::running_version;
use crate::loader::Inner;

/// What a plugin asks to be allowed while it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PermissionRequest {
    /// The key of the plugin.
    pub plugin: String,
    /// What users call it.
    pub name: String,
    /// The paths that it wants to read, without those that were granted before.
    pub fs_read: Vec<String>,
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
    fn is_granted(&self, request: &PermissionRequest) -> bool {
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

    fn request_fs_read(&self, plugin: &str, paths: &[String]) -> bool {
        let decided = self.with(|loader| {
            let granted = loader.0.wishes.read(&self.entry).unwrap_or_default().permissions.fs_read;
            let mut wanted: Vec<String> = Vec::new();
            for path in paths {
                if !granted.contains(path) && !wanted.contains(path) {
                    wanted.push(path.clone());
                }
            }
            if wanted.is_empty() {
                return true;
            }
            let name = self.entry.descriptor.name.clone();
            let request = PermissionRequest { plugin: plugin.into(), name, fs_read: wanted };
            let is_granted = loader.0.answers.is_granted(&request);
            if is_granted {
                loader.0.wishes.granted(&self.entry, &request.fs_read);
            }
            is_granted
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

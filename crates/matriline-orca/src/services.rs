//! What a plugin asks of the application while it is loaded.

use matriline_capability::CapabilityId;

/// What the capabilities of one load ask of the application.
///
/// Threads: any thread of the plugin, as the application and without the GIL.
pub trait Services: Send + Sync {
    /// Whether a configuration of the capability is stored.
    fn has_config(&self, id: &CapabilityId) -> bool;

    /// The configuration that the capability works with, as JSON; `None` when there is none.
    fn config(&self, id: &CapabilityId) -> Option<String>;

    /// The version of the plugin that stored it, or empty.
    fn config_version(&self, id: &CapabilityId) -> String;

    /// Stores a configuration; says in the log why it cannot.
    fn save_config(&self, id: &CapabilityId, config: &str) -> bool;

    /// Whether the plugin may read these paths. It waits for whoever decides.
    fn request_fs_read(&self, plugin: &str, paths: &[String]) -> bool;

    /// Posts a message, a JSON text, to the page of the capability; one without a page drops it.
    fn post_message(&self, id: &CapabilityId, message: &str);
}

impl std::fmt::Debug for dyn Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

//! Installing, updating, removing and going back, whether or not the plugin is loaded.

use std::path::Path;

use matriline_catalog::CatalogEntry;
use matriline_install::{Inspection, InstallError, InstallSource, Installed, Installer, PreviousVersion};
use matriline_manifest::Descriptor;

use crate::target::running_target;
use crate::{Error, PluginManager};

/// Every act blocks for the disk and finds anew what is installed. A plugin that is loaded is unloaded for the moment
/// in which its folder is exchanged, and loaded again; it stays enabled or not, as its capabilities do. When that fails,
/// the installation has succeeded all the same, and the error is that of the load.
///
/// Threads: any, outside of calls into the plugin.
impl PluginManager {
    /// What a `.py` or `.whl` file is, and what installing it would do. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Install`], which begins `Plugin package inspection failed: `.
    pub fn inspect_plugin(&self, file: &Path) -> Result<Inspection, Error> {
        Ok(self.installer().inspect(file)?)
    }

    /// Installs a file of the user, in the place of an earlier version if there is one, which is kept for
    /// [`roll_back_plugin`](Self::roll_back_plugin).
    ///
    /// # Errors
    /// [`Error::Install`], which begins `Plugin installation failed: `; nothing has changed then.
    /// [`Error::StillRunning`] and [`Error::Busy`] when the earlier version cannot be unloaded.
    pub fn install_plugin(&self, file: &Path) -> Result<Installed, Error> {
        self.install(file, InstallSource::Local)
    }

    /// Installs a download, with the cloud's record of the plugin, which holds its UUID and version.
    ///
    /// # Errors
    /// As [`install_plugin`](Self::install_plugin).
    pub fn install_cloud_plugin(&self, file: &Path, record: Descriptor) -> Result<Installed, Error> {
        self.install(file, InstallSource::Cloud(Box::new(record)))
    }

    fn install(&self, file: &Path, source: InstallSource) -> Result<Installed, Error> {
        let prepared = self.installer().prepare(file, source)?;
        let old = prepared.replaces().map(|existing| existing.key.clone());
        let key = prepared.key().to_owned();
        self.exchange(&old.unwrap_or_else(|| key.clone()), || {
            prepared.commit().map(|installed| (Some(installed.key.clone()), installed))
        })
    }

    /// Unloads a plugin and deletes its folder. Its configuration stays for the day it is installed again.
    ///
    /// # Errors
    /// [`Error::PluginNotFound`], [`Error::Install`]; what cannot be unloaded is not deleted.
    pub fn remove_plugin(&self, key: &str) -> Result<(), Error> {
        let catalog = self.catalog();
        let folder = &self.local(&catalog, key)?.folder;
        self.exchange(key, || self.installer().remove(folder).map(|()| (None, ())))?;
        self.loader().keep_error(key, None);
        Ok(())
    }

    /// Makes a plugin of the cloud a local one, with its flags and its configuration. Answers its new key.
    ///
    /// # Errors
    /// [`Error::PluginNotFound`]; [`Error::Install`] for a plugin that is not of the cloud, and when the new key is
    /// taken.
    pub fn keep_plugin_as_local(&self, key: &str) -> Result<String, Error> {
        let catalog = self.catalog();
        let entry = self.local(&catalog, key)?;
        self.exchange(key, || self.installer().keep_as_local(entry).map(|key| (Some(key.clone()), key)))
    }

    /// The version of a plugin that [`roll_back_plugin`](Self::roll_back_plugin) would bring back.
    pub fn previous_version(&self, key: &str) -> Option<PreviousVersion> {
        let catalog = self.catalog();
        self.installer().previous(&self.local(&catalog, key).ok()?.folder)
    }

    /// Brings the previous version of a plugin back, with the configuration it had. A second time goes forth again.
    ///
    /// # Errors
    /// [`Error::PluginNotFound`]; [`Error::Install`] when there is no previous version.
    pub fn roll_back_plugin(&self, key: &str) -> Result<Installed, Error> {
        let catalog = self.catalog();
        let folder = &self.local(&catalog, key)?.folder;
        self.exchange(key, || {
            self.installer().roll_back(folder).map(|installed| (Some(installed.key.clone()), installed))
        })
    }

    /// Does `act` while the plugin is not loaded. If it was, what is there then is loaded: the plugin of the key that
    /// `act` answers, or the same one when it fails.
    fn exchange<R>(
        &self,
        key: &str,
        act: impl FnOnce() -> Result<(Option<String>, R), InstallError>,
    ) -> Result<R, Error> {
        let (was, done) = self.loader().while_unloaded(key, || {
            let done = act();
            self.discover_plugins();
            done
        })?;
        let now = match &done {
            Ok((now, _)) => now.as_deref(),
            Err(_) => Some(key),
        };
        if let Some((options, now)) = was.zip(now) {
            // why it fails is kept by the loader
            let _ = self.loader().load_plugin(now, options).wait();
        }
        Ok(done?.1)
    }

    /// Finishes or undoes what a process was doing to the plugins' folders when it was killed.
    pub(crate) fn recover(&self) {
        if let Err(error) = self.installer().recover() {
            self.logged(|| tracing::warn!(target: "matriline::catalog", "{error}"));
        }
    }

    fn installer(&self) -> Installer {
        let (cloud_user, requires_python) = self.scan_options();
        Installer::new(self.data_dir(), running_target())
            .cloud_user(cloud_user)
            .requires_python(requires_python)
    }

    pub(crate) fn local<'c>(
        &self,
        catalog: &'c crate::Catalog,
        key: &str,
    ) -> Result<&'c CatalogEntry, Error> {
        let found = catalog.get(key).filter(|entry| entry.has_local_package());
        found.map(|entry| &**entry).ok_or_else(|| Error::PluginNotFound { plugin: key.into() })
    }
}

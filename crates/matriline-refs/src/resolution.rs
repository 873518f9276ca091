//! What presets lack: the four buckets, their texts and what can be done about each.

use crate::{CapabilityRef, Preset, PresetKind};
use matriline_capability::CapabilityType;
use std::fmt;
use std::sync::Arc;

/// How many bytes of a problem a line shows.
const SHOWN: usize = 500;

/// What [`resolve`](crate::resolve) found out about the references of presets.
///
/// Every reference stands in exactly one list; one that several presets of a kind have stands there once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolution {
    pub(crate) missing: [Vec<MissingPlugin>; 4],
    pub(crate) satisfied: Vec<Place>,
    pub(crate) unused: Vec<Place>,
    pub(crate) malformed: Vec<Place>,
    pub(crate) unreferenced: Vec<Unreferenced>,
    pub(crate) hub: Option<String>,
}

/// Why a capability that a preset uses cannot be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bucket {
    /// Its cloud plugin is not installed.
    MissingCloud,
    /// Its local plugin is not installed.
    MissingLocal,
    /// Its plugin is installed and not loaded, or loaded with the capability disabled.
    Inactive,
    /// Its plugin is loaded and has no such capability.
    Broken,
}

/// What a user can do about a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Install the plugins from the cloud.
    Install,
    /// Look for the plugins on the hub; it changes nothing by itself.
    Find,
    /// Load the plugins and enable the capabilities.
    Activate,
}

/// A reference whose capability cannot be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPlugin {
    /// The reference.
    pub reference: CapabilityRef,
    /// Where to look for the plugin; only for [`Bucket::MissingLocal`] and [`Bucket::Broken`], and only with
    /// a hub.
    pub recovery_url: Option<String>,
    /// The key of the option that uses the capability.
    pub option: String,
    /// The kind of the preset that has the reference.
    pub preset: PresetKind,
    /// The name of that preset.
    pub preset_name: String,
    /// The type of the option.
    pub kind: CapabilityType,
    /// What is wrong with the package, or why its load failed.
    pub problem: Option<Arc<str>>,
}

/// A value of an option that no reference of its preset names: which plugin offers it is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreferenced {
    /// The value.
    pub value: String,
    /// The key of the option.
    pub option: String,
    /// The type of the option.
    pub kind: CapabilityType,
    /// The kind of the preset.
    pub preset: PresetKind,
    /// The name of the preset.
    pub preset_name: String,
}

/// One entry of the `plugins` array of one of the presets that were resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Which preset, counted from 0.
    pub preset: usize,
    /// Which entry, counted from 0.
    pub entry: usize,
}

/// The message about a bucket; `Display` writes the heading and a line for each plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Which bucket.
    pub bucket: Bucket,
    /// What is in it, in the order of the presets; `Display` of each is its line.
    pub plugins: &'a [MissingPlugin],
    /// What [`Action::Find`] opens: the page of the one plugin, the hub for several.
    pub find_url: Option<&'a str>,
}

impl Resolution {
    /// References to cloud plugins that are not installed.
    pub fn missing_cloud(&self) -> &[MissingPlugin] {
        self.bucket(Bucket::MissingCloud)
    }

    /// References to local plugins that are not installed.
    pub fn missing_local(&self) -> &[MissingPlugin] {
        self.bucket(Bucket::MissingLocal)
    }

    /// References to plugins that are installed and not loaded, or whose capability is disabled.
    pub fn inactive(&self) -> &[MissingPlugin] {
        self.bucket(Bucket::Inactive)
    }

    /// References to capabilities that their loaded plugins do not have.
    pub fn broken(&self) -> &[MissingPlugin] {
        self.bucket(Bucket::Broken)
    }

    /// What is in a bucket, in the order of the presets.
    pub fn bucket(&self, bucket: Bucket) -> &[MissingPlugin] {
        &self.missing[bucket as usize]
    }

    /// The references whose capabilities can be called.
    pub fn satisfied(&self) -> &[Place] {
        &self.satisfied
    }

    /// The references that no option uses, or for which another one stands: left from before, and never in the way.
    pub fn unused(&self) -> &[Place] {
        &self.unused
    }

    /// The entries that are no reference.
    pub fn malformed(&self) -> &[Place] {
        &self.malformed
    }

    /// The values of options that no reference names; they do not block, since nothing tells what they lack.
    pub fn unreferenced(&self) -> &[Unreferenced] {
        &self.unreferenced
    }

    /// Whether anything is missing, so that slicing would give another result than the presets ask for.
    pub fn blocks_slicing(&self) -> bool {
        self.missing.iter().any(|bucket| !bucket.is_empty())
    }

    /// A message for each bucket that is not empty.
    pub fn messages(&self) -> Vec<Message<'_>> {
        let all = Bucket::ALL.into_iter().zip(&self.missing).filter(|(_, plugins)| !plugins.is_empty());
        all.map(|(bucket, plugins)| Message { bucket, plugins, find_url: self.find_url(bucket) }).collect()
    }

    /// A text that is the same exactly while the messages are the same, in whatever order the presets
    /// come.
    pub fn signature(&self) -> String {
        let line = |bucket: Bucket, plugin: &MissingPlugin| {
            format!("{} {} {plugin}", bucket.heading(), plugin.reference)
        };
        let buckets = Bucket::ALL.into_iter().zip(&self.missing);
        let lines =
            buckets.flat_map(|(bucket, plugins)| plugins.iter().map(move |plugin| line(bucket, plugin)));
        let mut lines: Vec<_> = lines.collect();
        lines.sort();
        crate::refs_to_json(&lines)
    }

    fn find_url(&self, bucket: Bucket) -> Option<&str> {
        match (bucket.action(), self.bucket(bucket)) {
            (Action::Find, [only]) => only.recovery_url.as_deref(),
            (Action::Find, _) => self.hub.as_deref(),
            _ => None,
        }
    }
}

impl Bucket {
    /// Every bucket, in the order of their messages.
    pub const ALL: [Self; 4] = [Self::MissingCloud, Self::MissingLocal, Self::Inactive, Self::Broken];

    /// The first line of the message about it.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::MissingCloud => "OrcaCloud plugins required by the current preset are not installed:",
            Self::MissingLocal => "Local plugins required by the current preset are missing:",
            Self::Inactive => "Plugins required by the current preset are not activated:",
            Self::Broken => {
                "The installed plugin does not provide the required capability — it may be outdated:"
            }
        }
    }

    /// What a user can do about it.
    pub const fn action(self) -> Action {
        match self {
            Self::MissingCloud => Action::Install,
            Self::MissingLocal | Self::Broken => Action::Find,
            Self::Inactive => Action::Activate,
        }
    }
}

impl Action {
    /// The words on its button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Install => "Install Plugins",
            Self::Find => "Find on OrcaCloud",
            Self::Activate => "Activate Now",
        }
    }
}

impl Place {
    /// The entry as it stands in the presets that were resolved; `None` when they are others.
    pub fn text(self, presets: &[Preset]) -> Option<&str> {
        presets.get(self.preset)?.plugins.get(self.entry).map(String::as_str)
    }
}

impl MissingPlugin {
    /// The first line of the problem, at most 500 bytes of it: what a line for a person shows.
    pub fn brief_problem(&self) -> Option<&str> {
        let line = self.problem.as_deref()?.lines().next().unwrap_or_default();
        let end = (0..=line.len().min(SHOWN)).rfind(|&end| line.is_char_boundary(end));
        Some(&line[..end.unwrap_or_default()])
    }
}

impl fmt::Display for MissingPlugin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reference: CapabilityRef { name, capability_name, .. }, option, preset, .. } = self;
        write!(out, "`{capability_name}` of plugin `{name}`, for `{option}` of ")?;
        match self.preset_name.as_str() {
            "" => write!(out, "the {preset} preset")?,
            preset_name => write!(out, "{preset} preset `{preset_name}`")?,
        }
        if let (Some(problem), Some(shown)) = (&self.problem, self.brief_problem()) {
            let more = if shown.len() < problem.trim_end().len() { " …" } else { "" };
            write!(out, ": {shown}{more}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.bucket.heading())?;
        self.plugins.iter().try_for_each(|plugin| write!(out, "\n- {plugin}"))
    }
}

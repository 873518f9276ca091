//! All live capabilities, by identity and by plugin.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arc_swap::ArcSwap;
use hashbrown::{Equivalent, HashMap, HashSet};
use matriline_capability::{CapabilityId, CapabilityType};

use crate::Entry;
use crate::lock::Mutex;

/// The live capabilities of all loaded plugins.
///
/// Reading takes no lock and copies nothing but the handle it answers with; adding and removing a plugin
/// exchanges the whole table.
#[derive(Default)]
pub struct Registry {
    current: ArcSwap<Snapshot>,
    writing: Mutex<()>,
}

#[derive(Clone, Default)]
struct Snapshot {
    by_id: HashSet<ById>,
    by_plugin: HashMap<Arc<str>, Arc<[Arc<Entry>]>>,
}

/// An entry, found by its identity. A copy of a snapshot copies no text.
#[derive(Clone)]
struct ById(Arc<Entry>);

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().hash(state);
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for ById {}

/// Two capabilities with one identity.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("The capability {0} is already registered")]
pub struct Collision(pub CapabilityId);

impl Registry {
    /// Adds the capabilities of a plugin, in the order of their registration.
    ///
    /// # Errors
    /// [`Collision`] when one of the identities is taken; nothing is added then.
    pub fn add(&self, plugin_key: &str, entries: Vec<Arc<Entry>>) -> Result<(), Collision> {
        let _writing = self.writing.lock();
        let mut next = Snapshot::clone(&self.current.load());
        for entry in &entries {
            if !next.by_id.insert(ById(entry.clone())) {
                return Err(Collision(entry.id().clone()));
            }
        }
        next.by_plugin.insert(plugin_key.into(), entries.into());
        self.current.store(Arc::new(next));
        Ok(())
    }

    /// Takes the capabilities of a plugin out, in the order of their registration. Their gates stay as they are.
    pub fn remove(&self, plugin_key: &str) -> Vec<Arc<Entry>> {
        let _writing = self.writing.lock();
        let mut next = Snapshot::clone(&self.current.load());
        let removed = next.by_plugin.remove(plugin_key).unwrap_or_default().to_vec();
        for entry in &removed {
            next.by_id.remove(&Key::of(entry.id()));
        }
        self.current.store(Arc::new(next));
        removed
    }

    /// The capability of that plugin, type and name.
    #[inline]
    pub fn get(&self, plugin_key: &str, kind: CapabilityType, name: &str) -> Option<Arc<Entry>> {
        self.with(plugin_key, kind, name, Arc::clone)
    }

    /// Looks at the capability of that plugin, type and name without keeping it.
    #[inline]
    pub fn with<R>(
        &self,
        plugin_key: &str,
        kind: CapabilityType,
        name: &str,
        look: impl FnOnce(&Arc<Entry>) -> R,
    ) -> Option<R> {
        self.current.load().by_id.get(&Key { kind, name, plugin_key }).map(|found| look(&found.0))
    }

    /// The capabilities of a plugin, in the order of their registration; empty when it is not loaded.
    pub fn of_plugin(&self, plugin_key: &str) -> Vec<Arc<Entry>> {
        self.current.load().by_plugin.get(plugin_key).map(|entries| entries.to_vec()).unwrap_or_default()
    }

    /// The capabilities of a type, by name and then by plugin key.
    pub fn of_type(&self, kind: CapabilityType) -> Vec<Arc<Entry>> {
        let snapshot = self.current.load();
        let mut entries: Vec<_> = snapshot
            .by_id
            .iter()
            .map(|found| &found.0)
            .filter(|entry| entry.id().kind == kind)
            .cloned()
            .collect();
        entries.sort_by(|a, b| a.id().cmp(b.id()));
        entries
    }

    /// Whether a plugin has capabilities here.
    pub fn is_loaded(&self, plugin_key: &str) -> bool {
        self.current.load().by_plugin.contains_key(plugin_key)
    }

    /// The keys of all loaded plugins, sorted.
    pub fn plugins(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.current.load().by_plugin.keys().map(|key| (**key).to_owned()).collect();
        keys.sort();
        keys
    }
}

/// A [`CapabilityId`] to look for, borrowed. It hashes as the owned one does.
#[derive(PartialEq, Eq)]
struct Key<'a> {
    kind: CapabilityType,
    name: &'a str,
    plugin_key: &'a str,
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        self.name.hash(state);
        self.plugin_key.hash(state);
    }
}

impl<'a> Key<'a> {
    fn of(id: &'a CapabilityId) -> Self {
        Self { kind: id.kind, name: &id.name, plugin_key: &id.plugin_key }
    }
}

impl Equivalent<ById> for Key<'_> {
    fn equivalent(&self, found: &ById) -> bool {
        let id = found.0.id();
        self.kind == id.kind && self.name == id.name && self.plugin_key == id.plugin_key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_capability::ScriptCapability;
    use matriline_capability::{CallError, Capability, ExecutionResult, Sink, Status, Typed, Value};

    struct Answers(CapabilityId);

    impl Capability for Answers {
        fn id(&self) -> &CapabilityId {
            &self.0
        }

        fn call(&self, _: usize, _: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError> {
            answer(Value::Result(Status::Skipped, "message", "data"));
            Ok(())
        }
    }

    fn entry(plugin_key: &str, kind: CapabilityType, name: &str) -> Arc<Entry> {
        let id = CapabilityId { kind, name: name.into(), plugin_key: plugin_key.into() };
        Arc::new(Entry::new(Box::new(Answers(id)), true))
    }

    const SCRIPT: CapabilityType = CapabilityType::Script;

    #[test]
    fn a_held_capability_answers_with_an_error_after_removal() {
        let registry = Registry::default();
        registry.add("p", vec![entry("p", SCRIPT, "a")]).unwrap();
        let held = <dyn ScriptCapability>::view(registry.get("p", SCRIPT, "a").unwrap().capability());
        let expected =
            ExecutionResult { status: Status::Skipped, message: "message".into(), data: "data".into() };
        assert_eq!(held.execute(), Ok(expected));
        for entry in registry.remove("p") {
            entry.gate().close();
        }
        assert!(registry.get("p", SCRIPT, "a").is_none());
        assert!(matches!(held.execute(), Err(CallError::Unloaded(_))));
    }

    #[test]
    fn a_disabled_capability_is_found_and_refuses() {
        let registry = Registry::default();
        registry.add("p", vec![entry("p", SCRIPT, "a")]).unwrap();
        let entry = registry.get("p", SCRIPT, "a").unwrap();
        entry.gate().set_enabled(false);
        assert!(matches!(entry.capability().call(0, &[], &mut |_| ()), Err(CallError::Disabled(_))));
    }

    #[test]
    fn a_collision_adds_nothing() {
        let registry = Registry::default();
        let twice = vec![entry("p", SCRIPT, "a"), entry("p", SCRIPT, "b"), entry("p", SCRIPT, "a")];
        assert!(registry.add("p", twice).is_err());
        assert!(!registry.is_loaded("p"));
        assert!(registry.get("p", SCRIPT, "b").is_none());
    }

    #[test]
    fn lists_by_type_are_sorted_and_lists_by_plugin_are_not() {
        let registry = Registry::default();
        registry.add("b", vec![entry("b", SCRIPT, "z"), entry("b", SCRIPT, "a")]).unwrap();
        registry.add("a", vec![entry("a", SCRIPT, "a")]).unwrap();
        let name = |entry: &Arc<Entry>| format!("{}/{}", entry.id().plugin_key, entry.id().name);
        let of_type: Vec<_> = registry.of_type(SCRIPT).iter().map(name).collect();
        assert_eq!(of_type, ["a/a", "b/a", "b/z"]);
        let of_plugin: Vec<_> = registry.of_plugin("b").iter().map(name).collect();
        assert_eq!(of_plugin, ["b/z", "b/a"]);
    }

    #[test]
    fn one_shell_is_made_for_a_capability() {
        let entry = entry("p", SCRIPT, "a");
        let first = std::ptr::from_ref(entry.shell(|| 1_u32).unwrap());
        assert_eq!(first, std::ptr::from_ref(entry.shell(|| 2_u32).unwrap()));
        assert!(entry.shell(String::new).is_none());
    }
}

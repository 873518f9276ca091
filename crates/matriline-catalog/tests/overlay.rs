//! The cloud's records over the plugins on the disk.

use matriline_catalog::{Catalog, CatalogEntry, CloudMarks, EntryKind, Merged, NOT_IN_CLOUD, merge_cloud};
use matriline_manifest::{ChangelogEntry, CloudOverlay, Descriptor, Problem, UpdateStatus};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const UUID: &str = "0b4a1f6e-0000-4000-8000-000000000001";

fn entry(key: &str, change: impl FnOnce(&mut Descriptor)) -> CatalogEntry {
    let mut descriptor = Descriptor {
        plugin_key: key.into(),
        name: "Own".into(),
        description: "own text".into(),
        version: "1.0".into(),
        installed_version: "1.0".into(),
        dependencies: vec!["numpy".into()],
        settings: BTreeMap::from([("speed".into(), "3".into())]),
        ..Descriptor::default()
    };
    change(&mut descriptor);
    CatalogEntry {
        descriptor,
        folder: PathBuf::from("/plugins").join(key),
        entry: Some(PathBuf::from("/plugins").join(key).join("own.py")),
        kind: Some(EntryKind::Script),
        bundled_wheels: Vec::new(),
        problems: Vec::new(),
        install_state: None,
    }
}

fn installed() -> CatalogEntry {
    entry(UUID, |own| own.cloud = Some(Box::new(CloudOverlay { uuid: UUID.into(), ..Default::default() })))
}

fn record(version: &str) -> Descriptor {
    let cloud = CloudOverlay { uuid: UUID.into(), latest_version: version.into(), ..CloudOverlay::default() };
    Descriptor {
        plugin_key: UUID.into(),
        name: "Cloud's".into(),
        version: version.into(),
        cloud: Some(Box::new(cloud)),
        ..Descriptor::default()
    }
}

fn merge(entries: impl IntoIterator<Item = CatalogEntry>, records: &[Descriptor]) -> Merged {
    merge_cloud(&entries.into_iter().map(Arc::new).collect::<Vec<_>>(), records)
}

fn mark_cloud(entries: &[Arc<CatalogEntry>], marks: &CloudMarks) -> Vec<Arc<CatalogEntry>> {
    entries.iter().cloned().collect::<Catalog>().with_marks(marks).entries().to_vec()
}

fn only(merged: Merged) -> CatalogEntry {
    assert_eq!(merged.entries.len(), 1);
    CatalogEntry::clone(&merged.entries[0])
}

fn overlay(entry: &CatalogEntry) -> &CloudOverlay {
    entry.descriptor.cloud.as_ref().expect("It is a plugin of the cloud")
}

/// 12.9: the settings of the header survive, the version is the cloud's, local facts stay.
#[test]
fn c9_local_facts_survive_the_merge() {
    let merged = only(merge([installed()], &[record("1.1")]));
    assert_eq!(merged.descriptor.version, "1.1");
    assert_eq!(merged.descriptor.installed_version, "1.0");
    assert_eq!(merged.descriptor.settings["speed"], "3");
    assert_eq!((&merged.folder, &merged.entry), (&installed().folder, &installed().entry));
    assert_eq!(merged.descriptor.name, "Cloud's");
    assert_eq!(merged.descriptor.description, "own text");
    assert_eq!(merged.descriptor.dependencies, ["numpy"]);
    assert!(overlay(&merged).installed && overlay(&merged).update_available);
}

/// 7.5.2: by key, by UUID, and the one that can be loaded first.
#[test]
fn c7_5_records_find_their_entries() {
    let by_key = entry(UUID, |_| ());
    assert!(overlay(&only(merge([by_key], &[record("1.1")]))).installed);

    let by_uuid = entry("other", |own| own.cloud = installed().descriptor.cloud);
    let merged = only(merge([by_uuid], &[record("1.1")]));
    assert_eq!((merged.descriptor.plugin_key.as_str(), overlay(&merged).installed), (UUID, true));

    let mut broken = installed();
    broken.problems.push(Problem::error("Broken"));
    broken.folder.push("broken");
    let merged = merge([broken.clone(), installed()], &[record("1.1")]);
    assert_eq!(*merged.entries[0], broken);
    assert_eq!(merged.entries[1].descriptor.version, "1.1");
}

#[test]
fn a_key_comes_before_a_uuid() {
    let by_uuid = entry("other", |own| own.cloud = installed().descriptor.cloud);
    let merged = merge([by_uuid.clone(), entry(UUID, |_| ())], &[record("1.1")]);
    assert_eq!(*merged.entries[0], by_uuid);
    assert!(merged.entries[1].descriptor.is_cloud_plugin());
}

/// 7.5.1
#[test]
fn c7_5_records_without_a_uuid_are_left_out() {
    let mut nameless = record("1.1");
    nameless.cloud.as_mut().unwrap().uuid.clear();
    let merged = merge([], &[nameless, Descriptor::default()]);
    assert!(merged.entries.is_empty());
    assert_eq!(
        merged.problems[0].to_string(),
        "The cloud's record of `Cloud's` is left out: it needs a UUID"
    );
    assert_eq!(merged.problems.len(), 2);

    let mut keyless = record("1.1");
    keyless.plugin_key.clear();
    assert_eq!(only(merge([], &[keyless])).descriptor.plugin_key, UUID);
}

/// 7.5.6
#[test]
fn c7_5_what_only_the_cloud_has_is_valid_and_not_installed() {
    let merged = only(merge([], &[record("1.1"), record("1.1")]));
    assert!(merged.is_valid() && !merged.has_local_package());
    assert_eq!(merged.descriptor.installed_version, "");
    assert!(!overlay(&merged).installed && !overlay(&merged).update_available);
}

/// 7.5.4
#[test]
fn c7_5_updates() {
    let check = |latest: &str, installed_version: &str, expected: bool| {
        let mut own = installed();
        own.descriptor.installed_version = installed_version.into();
        let merged = only(merge([own], &[record(latest)]));
        assert_eq!(overlay(&merged).update_available, expected, "{latest} over {installed_version}");
    };
    check("1.1", "1.0", true);
    check("1.10", "1.9", true);
    check("1.0", "1.1", false);
    check("1.0", "1.0", false);
    check("spring", "winter", true);
    check("spring", "spring", false);
    check("1.1", "", false);
}

#[test]
fn the_changelog_tells_the_latest_version() {
    let mut record = record("1.0");
    let release = ChangelogEntry { version: "2.0".into(), ..ChangelogEntry::default() };
    record.cloud.as_mut().unwrap().changelog.push(release);
    assert!(overlay(&only(merge([installed()], &[record]))).update_available);
}

#[test]
fn a_broken_plugin_has_no_update_and_stays_broken() {
    let mut broken = installed();
    broken.problems.push(Problem::error("Broken"));
    let merged = only(merge([broken.clone()], &[record("1.1")]));
    assert!(!overlay(&merged).update_available && overlay(&merged).installed);
    assert_eq!(merged.problems, broken.problems);
}

/// 7.5.5
#[test]
fn c7_5_a_match_clears_the_missing_mark() {
    let cloud_only = merge([], &[record("1.1")]).entries;
    let marks = CloudMarks { not_found: vec![UUID.into()], ..CloudMarks::default() };
    let missing = mark_cloud(&cloud_only, &marks);
    assert_eq!(missing[0].problems, [Problem::error(NOT_IN_CLOUD)]);
    assert!(only(merge_cloud(&missing, &[record("1.1")])).is_valid());
}

#[test]
fn merging_twice_is_merging_once() {
    let once = merge([installed()], &[record("1.1")]);
    assert_eq!(merge_cloud(&once.entries, &[record("1.1")]).entries, once.entries);
}

#[test]
fn what_the_cloud_does_not_know_is_shared() {
    let local = Arc::new(entry("local", |_| ()));
    let merged = merge_cloud(std::slice::from_ref(&local), &[record("1.1")]);
    assert!(Arc::ptr_eq(&merged.entries[0], &local));
    assert!(Arc::ptr_eq(&mark_cloud(&merged.entries, &CloudMarks::default())[0], &local));
}

/// 7.6: an unauthorized plugin goes on working, without updates; the next answer clears the mark.
#[test]
fn c7_6_unauthorized() {
    let merged = merge([installed()], &[record("1.1")]).entries;
    let marks = CloudMarks { unauthorized: vec![UUID.into()], ..CloudMarks::default() };
    let marked = mark_cloud(&merged, &marks);
    assert_eq!(marked[0].descriptor.update_status(), UpdateStatus::Unauthorized);
    assert!(marked[0].is_valid() && !overlay(&marked[0]).update_available);
    let cleared = mark_cloud(&marked, &CloudMarks::default());
    assert_eq!(cleared, merged);
}

/// 7.6: a plugin that the cloud lost is an error only if it isn't here either.
#[test]
fn c7_6_not_found() {
    let marks = CloudMarks { not_found: vec![UUID.into()], ..CloudMarks::default() };
    let here = merge([installed()], &[record("1.1")]).entries;
    assert_eq!(mark_cloud(&here, &marks), here);
    let there = merge([], &[record("1.1")]).entries;
    let marked = mark_cloud(&there, &marks);
    assert!(!marked[0].is_valid());
    assert_eq!(mark_cloud(&marked, &marks), marked);
    assert_eq!(mark_cloud(&marked, &CloudMarks::default()), there);
}

/// 12.4, L15: signing out leaves the local plugins.
#[test]
fn l15_signing_out() {
    let local = entry("local", |_| ());
    let merged = merge([installed(), local.clone()], &[record("1.1")]).entries;
    let left = merged.into_iter().collect::<Catalog>().without_cloud();
    assert_eq!(left.entries().iter().map(|entry| &**entry).collect::<Vec<_>>(), [&local]);
}

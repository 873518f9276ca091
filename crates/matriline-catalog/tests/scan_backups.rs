//! What a one-off scan makes of backups.

mod common;

use common::*;
use matriline_testkit::DataFolder;

#[test]
fn backups_are_kept_and_one_that_is_the_only_copy_is_told() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", STAMP);
    with_backup(&data, "a.backup-01ab-23cd-45ef");
    with_backup(&data, "b.backup-01ab-23cd-45ef");
    let catalog = scan(&data);
    assert_eq!(keys(&catalog), ["a"]);
    check_problem(
        &catalog,
        "b.backup-01ab-23cd-45ef` is the only copy of a plugin whose install was broken off",
    );
    assert!(data.plugins().join("a.backup-01ab-23cd-45ef").exists());
}

#[test]
fn a_folder_that_is_only_named_as_a_backup_is_told() {
    let data = DataFolder::new();
    data.add_script("stamp", "stamp.py", STAMP);
    data.add_script("stamp.backup-2025-1201-1530", "stamp.py", STAMP);
    check_problem(
        &scan(&data),
        "stamp.backup-2025-1201-1530` is named as the backup of an install, but has no",
    );
}

#[test]
fn a_name_that_only_resembles_a_backups_is_a_plugins() {
    let data = DataFolder::new();
    data.add_script("stamp.backup-monday", "monday.py", STAMP);
    assert_eq!(keys(&scan(&data)), ["monday"]);
}

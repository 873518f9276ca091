//! The texts inside a wheel that is sound otherwise: `METADATA`, `WHEEL`, `top_level.txt` and `entry_points.txt`,
//! parted by a NUL.

use matriline_manifest::{Platform, Target, read_wheel};
use matriline_testkit::WheelBuilder;
use std::io::Cursor;
use std::str;

pub(crate) fn check(bytes: &[u8]) {
    let mut texts = bytes.splitn(4, |&byte| byte == 0);
    let metadata = texts.next().unwrap_or_default();
    let mut wheel = WheelBuilder::new("a", "1").file("a/__init__.py", "").replace("METADATA", metadata);
    if let Some(text) = texts.next() {
        wheel = wheel.replace("WHEEL", text);
    }
    if let Some(text) = texts.next() {
        wheel = wheel.file("a-1.dist-info/top_level.txt", text);
    }
    if let Some(text) = texts.next() {
        wheel = wheel.file("a-1.dist-info/entry_points.txt", text);
    }

    let machine = "x86_64".to_owned();
    let target = Target { python_minor: 11, platform: Platform::Linux, machine, ..Target::default() };
    let manifest = read_wheel("stem", Cursor::new(wheel.build()), &target);
    let descriptor = &manifest.descriptor;
    assert_eq!(descriptor.plugin_key, "stem");
    assert!(!descriptor.name.contains(';'), "the separator of references is in {:?}", descriptor.name);
    for point in &descriptor.entry_points {
        assert!(!point.name.is_empty() && !point.module.contains([' ', '/', ':', '[']), "{point:?}");
        assert!(point.module.split('.').all(|part| !part.is_empty()), "{point:?}");
    }
    for problem in &manifest.problems {
        assert!(!problem.message.is_empty() && problem.position.is_none(), "{problem}");
    }
    if str::from_utf8(metadata).is_err() {
        assert!(!manifest.is_valid());
    }
    if manifest.is_valid() {
        assert!(!descriptor.name.is_empty() && !descriptor.version.is_empty(), "{descriptor:?}");
        let package = descriptor.entry_package.as_deref().expect("A valid wheel has a package");
        assert!(package.split('.').all(|part| !part.is_empty()), "{package:?}");
        assert!(!package.contains(['/', '\\', ' ', '\0']), "{package:?}");
    }
}

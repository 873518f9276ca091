//! How a scan knows that a file is the one it has read before.

use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How old the times of a file must be when a scan begins for that scan to be remembered: a file system counts
/// time in steps of up to 2 s, so that a younger file may change again without another time.
const SETTLING: Duration = Duration::from_secs(2);

/// What of a file or folder changes with it. Times are nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) size: u64,
    /// When the content was written; programs can set it.
    pub(crate) modified: i64,
    /// When anything was changed; only the kernel sets it.
    pub(crate) changed: i64,
}

/// The stamps of all that an entry of the catalog was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamps {
    /// Changes with every name in the folder.
    pub(crate) folder: Stamp,
    pub(crate) entry: Option<Stamp>,
    pub(crate) sidecar: Option<Box<Stamp>>,
    /// Of the folder `wheels/`.
    pub(crate) wheels: Option<Box<Stamp>>,
}

impl Stamps {
    pub(crate) fn are_before(&self, limit: Limit) -> bool {
        let optional = [self.entry.as_ref(), self.sidecar.as_deref(), self.wheels.as_deref()];
        limit.is_after(&self.folder) && optional.into_iter().flatten().all(|stamp| limit.is_after(stamp))
    }
}

/// The time before which a file must have rested.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(i64);

impl Limit {
    pub(crate) fn of_scan_at(start: SystemTime) -> Self {
        Self(start.checked_sub(SETTLING).map_or(i64::MIN, nanoseconds))
    }

    fn is_after(self, stamp: &Stamp) -> bool {
        stamp.modified < self.0 && stamp.changed < self.0
    }
}

/// Since 1970; of a time out of range, the nearest.
pub(crate) fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |before| -before),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn stamp(modified: i64, changed: i64) -> Stamp {
        Stamp { device: 1, inode: 1, size: 1, modified, changed }
    }

    fn check(stamps: Stamps, expected: bool) {
        let limit = Limit::of_scan_at(UNIX_EPOCH + Duration::from_secs(10));
        assert_eq!(stamps.are_before(limit), expected, "{stamps:?}");
    }

    fn folder(stamp: Stamp) -> Stamps {
        Stamps { folder: stamp, entry: None, sidecar: None, wheels: None }
    }

    #[test]
    fn a_stamp_must_have_rested_for_two_seconds() {
        check(folder(stamp(8 * SECOND - 1, 8 * SECOND - 1)), true);
        check(folder(stamp(8 * SECOND, 0)), false);
        check(folder(stamp(0, 8 * SECOND)), false);
    }

    #[test]
    fn times_to_come_are_not_trusted() {
        check(folder(stamp(99 * SECOND, 0)), false);
    }

    #[test]
    fn every_stamp_counts() {
        let (old, young) = (stamp(0, 0), stamp(9 * SECOND, 9 * SECOND));
        check(Stamps { entry: Some(old), ..folder(old) }, true);
        check(Stamps { entry: Some(young), ..folder(old) }, false);
        check(Stamps { sidecar: Some(Box::new(young)), ..folder(old) }, false);
        check(Stamps { wheels: Some(Box::new(young)), ..folder(old) }, false);
    }

    #[test]
    fn times_before_1970() {
        assert_eq!(nanoseconds(UNIX_EPOCH - Duration::from_secs(1)), -SECOND);
    }
}

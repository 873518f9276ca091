//! The bytes of a marker: a header, the slots of the threads, and a table of what their numbers stand for.
//!
//! A number is the place of a row, and above it what the plugin does. Numbers are in the byte order of the machine;
//! a file from another one is garbled, and a garbled file says nothing.

use std::time::Duration;

use matriline_capability::CapabilityType;
use matriline_registry::Slot;

use super::Activity;

const MAGIC: &[u8; 8] = b"MTRLRUN1";
/// Magic, state, empty, milliseconds since 1970 when the process started.
pub(super) const HEADER: usize = 64;
/// Where the state is.
pub(super) const STATE: usize = 8;
const RUNNING: u32 = 1;
/// The state of a process that exited in order.
pub(super) const ENDED: u32 = 2;

/// More threads than anybody calls plugins from; further ones go unmarked.
pub(super) const SLOTS: usize = 256;
const TABLE: usize = HEADER + SLOTS * size_of::<Slot>();
const ROW: usize = 256;
/// The first row stays empty, since zero is nothing.
const ROWS: usize = 1024;
/// The length of the file.
pub(super) const LENGTH: usize = TABLE + ROWS * ROW;

/// Where in a number the activity begins.
const ACTIVITY: u32 = 24;

/// What a row of the table says: a plugin, or one of its capabilities.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Row {
    plugin: String,
    capability: Option<(CapabilityType, String)>,
}

/// Stands for the type of a capability in the row of a plugin.
const NO_CAPABILITY: u8 = u8::MAX;
/// The type, the lengths of key and name.
const ROW_HEAD: usize = 3;

impl Row {
    /// The row of an act; none for a key that does not fit in it, which no name of a folder can be.
    pub(super) fn new(plugin: &str, activity: &Activity) -> Option<Self> {
        let room = (ROW - ROW_HEAD).checked_sub(plugin.len()).filter(|_| !plugin.is_empty())?;
        let capability = match activity {
            Activity::Calling { kind, capability } => Some((*kind, beginning(capability, room).to_owned())),
            Activity::Importing | Activity::Loading | Activity::Unloading => None,
        };
        Some(Self { plugin: plugin.to_owned(), capability })
    }

    /// Its bytes in the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let (kind, name) = match &self.capability {
            Some((kind, name)) => (kind.number(), name.as_str()),
            None => (NO_CAPABILITY, ""),
        };
        // Both fit in a row, whose length fits in a byte.
        let mut bytes = vec![kind, self.plugin.len() as u8, name.len() as u8];
        bytes.extend([self.plugin.as_bytes(), name.as_bytes()].concat());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&[kind, key, name], rest) = bytes.split_first_chunk()?;
        let (key, rest) = rest.split_at_checked(key.into())?;
        let (name, _) = rest.split_at_checked(name.into())?;
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
        let plugin = text(key).filter(|key| !key.is_empty())?;
        let capability = match kind {
            NO_CAPABILITY => None,
            // Types that the application defines may be others by now.
            kind => Some((CapabilityType::from_number(kind).unwrap_or(CapabilityType::Unknown), text(name)?)),
        };
        Some(Self { plugin, capability })
    }
}

/// As much of a text as fits, in whole characters.
fn beginning(text: &str, room: usize) -> &str {
    let mut end = room.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The place of the next row after so many; none when the table is full.
pub(super) fn place(rows: usize) -> Option<u32> {
    (rows + 1 < ROWS).then_some(rows as u32 + 1)
}

/// Where a row begins.
pub(super) fn row_offset(place: u32) -> usize {
    TABLE + place as usize * ROW
}

/// The number of an act in the row at that place.
pub(super) fn number(place: u32, activity: &Activity) -> u32 {
    let activity = match activity {
        Activity::Importing => 1,
        Activity::Loading => 2,
        Activity::Calling { .. } => 3,
        Activity::Unloading => 4,
    };
    activity << ACTIVITY | place
}

/// The header of a process that started then.
pub(super) fn header(started: Duration) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..STATE].copy_from_slice(MAGIC);
    bytes[STATE..STATE + 4].copy_from_slice(&RUNNING.to_ne_bytes());
    let started = u64::try_from(started.as_millis()).unwrap_or(0);
    bytes[16..24].copy_from_slice(&started.to_ne_bytes());
    bytes
}

/// When the process started, since 1970, and what it was running when it died. Reads any bytes.
pub(super) fn read(bytes: &[u8]) -> (Duration, Vec<(String, Activity)>) {
    let word = |at: usize| Some(u32::from_ne_bytes(bytes.get(at..)?.first_chunk().copied()?));
    if !bytes.starts_with(MAGIC) || word(STATE) != Some(RUNNING) {
        return (Duration::ZERO, Vec::new());
    }
    let started =
        bytes.get(16..).and_then(|bytes| bytes.first_chunk().copied()).map_or(0, u64::from_ne_bytes);
    let mut running = Vec::new();
    for slot in 0..SLOTS {
        let number = word(HEADER + slot * size_of::<Slot>()).unwrap_or(0);
        let Some(act) = act(bytes, number) else { continue };
        // Two threads may have been at the same.
        if !running.contains(&act) {
            running.push(act);
        }
    }
    (Duration::from_millis(started), running)
}

fn act(bytes: &[u8], number: u32) -> Option<(String, Activity)> {
    let place = number & ((1 << ACTIVITY) - 1);
    if place == 0 || place as usize >= ROWS {
        return None;
    }
    let row = Row::from_bytes(bytes.get(row_offset(place)..)?.get(..ROW)?)?;
    let activity = match (number >> ACTIVITY, row.capability) {
        (1, None) => Activity::Importing,
        (2, None) => Activity::Loading,
        (3, Some((kind, capability))) => Activity::Calling { kind, capability },
        (4, None) => Activity::Unloading,
        _ => return None,
    };
    Some((row.plugin, activity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCRIPT: CapabilityType = CapabilityType::Script;

    fn calling(name: &str) -> Activity {
        Activity::Calling { kind: SCRIPT, capability: name.into() }
    }

    /// A file of a process whose threads run these acts.
    fn file(acts: &[(&str, Activity)]) -> Vec<u8> {
        let mut bytes = vec![0; LENGTH];
        bytes[..HEADER].copy_from_slice(&header(Duration::from_millis(1234)));
        for (index, (plugin, activity)) in acts.iter().enumerate() {
            let place = place(index).unwrap();
            let row = Row::new(plugin, activity).unwrap().to_bytes();
            bytes[row_offset(place)..][..row.len()].copy_from_slice(&row);
            let slot = HEADER + (SLOTS - 1 - index) * size_of::<Slot>();
            bytes[slot..slot + 4].copy_from_slice(&number(place, activity).to_ne_bytes());
        }
        bytes
    }

    fn check(plugin: &str, activity: Activity, expected: Activity) {
        let (started, running) = read(&file(&[(plugin, activity)]));
        assert_eq!(started, Duration::from_millis(1234));
        assert_eq!(running, [(plugin.to_owned(), expected)]);
    }

    #[test]
    fn acts_read_back() {
        for activity in [Activity::Importing, Activity::Loading, Activity::Unloading, calling("größer")] {
            check("plugin", activity.clone(), activity);
        }
        check(&"p".repeat(ROW - ROW_HEAD), calling("name"), calling(""));
    }

    #[test]
    fn a_long_name_loses_whole_characters_at_its_end() {
        let room = ROW - ROW_HEAD - "plugin".len();
        check("plugin", calling(&"a".repeat(room + 9)), calling(&"a".repeat(room)));
        check("plugin", calling(&"ä".repeat(200)), calling(&"ä".repeat(room / 2)));
    }

    #[test]
    fn a_key_that_does_not_fit_has_no_row() {
        assert_eq!(Row::new(&"p".repeat(ROW), &Activity::Loading), None);
        assert_eq!(Row::new("", &Activity::Loading), None);
    }

    #[test]
    fn several_threads_are_named_once_for_each_act() {
        let (_, running) = read(&file(&[("a", calling("x")), ("b", calling("x")), ("a", calling("x"))]));
        assert_eq!(running, [("a".to_owned(), calling("x")), ("b".to_owned(), calling("x"))]);
    }

    #[test]
    fn a_process_that_ended_in_order_was_running_nothing() {
        let mut bytes = file(&[("a", Activity::Loading)]);
        bytes[STATE..STATE + 4].copy_from_slice(&ENDED.to_ne_bytes());
        assert_eq!(read(&bytes).1, []);
    }

    #[test]
    fn a_full_table_has_no_place() {
        assert_eq!(place(0), Some(1));
        assert_eq!(place(ROWS - 2), Some(ROWS as u32 - 1));
        assert_eq!(place(ROWS - 1), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert_eq!(read(&bytes).1, []);
        }

        /// A good file, cut off somewhere and with some bytes changed.
        #[test]
        fn damaged_files_are_read(
            length in 0..=LENGTH, changes in prop::collection::vec((0..LENGTH, any::<u8>()), 0..40),
            slots in prop::collection::vec(any::<u32>(), 0..SLOTS),
        ) {
            let mut bytes = file(&[("a", calling("x")), ("b", Activity::Importing)]);
            for (slot, number) in slots.into_iter().enumerate() {
                bytes[HEADER + slot * size_of::<Slot>()..][..4].copy_from_slice(&number.to_ne_bytes());
            }
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            bytes.truncate(length);
            prop_assert!(read(&bytes).1.len() <= SLOTS);
        }
    }
}

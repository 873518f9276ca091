//! Equal references in presets of one kind are one reference.

use crate::resolve::Verdict;
use crate::{CapabilityRefBorrowed, Place, Preset, PresetKind};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::cmp::Reverse;

/// A reference, and the entry that stands for all entries of its text.
pub(crate) struct Candidate<'a, 'o> {
    pub(crate) place: Place,
    pub(crate) reference: CapabilityRefBorrowed<'a>,
    pub(crate) verdict: Verdict<'o>,
}

/// The distinct references of each kind of preset, in order. Of equal ones the one that lacks most stands for
/// all, then the one by the name of its preset, so that the order of presets does not matter.
#[derive(Default)]
pub(crate) struct Collapsed<'a, 'o> {
    pub(crate) candidates: Vec<Candidate<'a, 'o>>,
    /// The entries that are no reference.
    pub(crate) malformed: Vec<Place>,
    seen: HashMap<(PresetKind, &'a str), Option<usize>>,
}

impl<'a, 'o> Collapsed<'a, 'o> {
    pub(crate) fn add_malformed(&mut self, presets: &'a [Preset], place: Place) {
        if let Entry::Vacant(unknown) = self.seen.entry(key(presets, place)) {
            unknown.insert(None);
            self.malformed.push(place);
        }
    }

    pub(crate) fn add(&mut self, presets: &'a [Preset], candidate: Candidate<'a, 'o>) {
        let rank = |candidate: &Candidate<'_, '_>| {
            (candidate.verdict.severity(), Reverse(&presets[candidate.place.preset].name))
        };
        match self.seen.entry(key(presets, candidate.place)) {
            Entry::Vacant(unknown) => {
                unknown.insert(Some(self.candidates.len()));
                self.candidates.push(candidate);
            }
            Entry::Occupied(known) => {
                if let Some(at) = *known.get()
                    && rank(&self.candidates[at]) < rank(&candidate)
                {
                    self.candidates[at] = candidate;
                }
            }
        }
    }
}

fn key(presets: &[Preset], place: Place) -> (PresetKind, &str) {
    let preset = &presets[place.preset];
    (preset.kind, &preset.plugins[place.entry])
}

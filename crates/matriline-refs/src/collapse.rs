//! Equal references in presets of one kind are one reference.

use crate::preset::Usage;
use crate::{CapabilityRefBorrowed, Place, Preset, Resolution};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::cmp::Reverse;

/// A reference, and the entry that stands for all entries of its text.
pub(crate) struct Candidate<'a> {
    pub(crate) place: Place,
    pub(crate) reference: CapabilityRefBorrowed<'a>,
    named: Named,
}

/// Whether an option of its preset uses a reference.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    No,
    PerhapsAsAgent,
    Yes,
}

/// The distinct references of each kind of preset, in order. Of equal ones one that an option of its own
/// preset names stands for all, by the name of the preset, so that the order of presets does not matter. What
/// is no reference goes to `resolution`.
pub(crate) fn collapse<'a>(
    presets: &'a [Preset],
    usages: &[Usage<'_>],
    resolution: &mut Resolution,
) -> Vec<Candidate<'a>> {
    let count = presets.iter().map(|preset| preset.plugins.len()).sum();
    let mut all: Vec<Candidate<'a>> = Vec::with_capacity(count);
    let mut seen = HashMap::with_capacity(count);
    for (index, preset) in presets.iter().enumerate() {
        let usage = &usages[index];
        let may_be_agent = usage.agents().next().is_some();
        for (entry, text) in preset.plugins.iter().enumerate() {
            let place = Place { preset: index, entry };
            let known = seen.entry((preset.kind, text.as_str()));
            let Some(reference) = CapabilityRefBorrowed::parse(text) else {
                if let Entry::Vacant(unknown) = known {
                    unknown.insert(None);
                    resolution.malformed.push(place);
                }
                continue;
            };
            let named = match may_be_agent {
                _ if !usage.is_unnamed(reference.capability_name) => Named::Yes,
                true => Named::PerhapsAsAgent,
                false => Named::No,
            };
            let candidate = Candidate { place, reference, named };
            match known {
                Entry::Vacant(unknown) => {
                    unknown.insert(Some(all.len()));
                    all.push(candidate);
                }
                Entry::Occupied(known) => {
                    let rank = |candidate: &Candidate<'_>| {
                        (candidate.named, Reverse(&presets[candidate.place.preset].name))
                    };
                    if let Some(at) = *known.get()
                        && rank(&all[at]) < rank(&candidate)
                    {
                        all[at] = candidate;
                    }
                }
            }
        }
    }
    all
}

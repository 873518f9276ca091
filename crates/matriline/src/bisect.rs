//! Finding the plugins that make an application fail, from answers good and bad.
//!
//! The application starts with the plugins of [`Bisect::to_load`], the user says whether the fault is there, and so on.
//! The search is for the shortest beginning of the list with which the fault is there: its last plugin is guilty. If
//! that one alone does no harm, it takes others with it, and they are searched for the same way among those before
//! it, with the guilty ones loaded too. Of `n` plugins a single guilty one is found with `log2 n + 2` answers.
//!
//! The application is started anew for each answer, so the search can be kept as a line of text.

use serde::{Deserialize, Serialize};

/// What the user saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The fault was not there.
    Good,
    /// The fault was there.
    Bad,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// These plugins make the fault, in the order of the list. Several make it only together.
    Guilty(Vec<String>),
    /// The fault is there without any plugin.
    NoPlugin,
    /// The fault is not there with all plugins.
    NoFault,
}

/// A line of text is none of a search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The text is not a saved search for a plugin: {problem}; begin a new one")]
pub struct BisectError {
    /// What is wrong with it.
    problem: String,
}

/// A search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bisect {
    keys: Vec<String>,
    /// The places of those that are guilty, the last first. All others that matter stand before them.
    guilty: Vec<usize>,
    /// With so many of the first, and the guilty, the fault is not there.
    good: usize,
    /// With so many of the first, and the guilty, it is there.
    bad: usize,
    /// Whether the fault was seen with some plugins at all, or is only said to be there.
    seen: bool,
    step: Step,
    /// What the application is to load now.
    load: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    /// No plugin at all.
    Nothing,
    /// So many of the first, and the guilty.
    First(usize),
    /// The guilty and nothing else.
    Alone,
    /// All plugins, because the fault was never seen.
    Everything,
    Done(Finding),
}

impl Bisect {
    /// A search among plugins, with all of which the fault is said to be there. A key that comes twice counts once.
    pub fn new(keys: impl IntoIterator<Item = String>) -> Self {
        let mut unique: Vec<String> = Vec::new();
        for key in keys {
            if !unique.contains(&key) {
                unique.push(key);
            }
        }
        let bad = unique.len();
        Self {
            keys: unique,
            guilty: Vec::new(),
            good: 0,
            bad,
            seen: false,
            step: Step::Nothing,
            load: Vec::new(),
        }
    }

    /// The plugins to start with now, in the order of the list; none when the search is over.
    pub fn to_load(&self) -> &[String] {
        &self.load
    }

    /// The plugins that may still be guilty, in the order of the list, without those that are known to be.
    pub fn suspects(&self) -> &[String] {
        match self.step {
            Step::Done(_) => &[],
            Step::Nothing | Step::Everything => &self.keys,
            Step::First(_) | Step::Alone => &self.keys[self.good..self.bad],
        }
    }

    /// How many more answers a search for a single plugin takes at the most.
    pub fn steps_left(&self) -> u32 {
        let halvings = (self.bad - self.good).next_power_of_two().ilog2();
        match self.step {
            Step::Nothing => halvings + 2,
            Step::First(_) => halvings + 1,
            Step::Alone | Step::Everything => 1,
            Step::Done(_) => 0,
        }
    }

    /// Says whether the fault was there with [`to_load`](Self::to_load). Does nothing once the search is over.
    pub fn answer(&mut self, answer: Answer) {
        self.step = match (&self.step, answer) {
            (Step::Nothing, Answer::Bad) => Step::Done(Finding::NoPlugin),
            (Step::Nothing, Answer::Good) if self.keys.is_empty() => Step::Done(Finding::NoFault),
            (Step::Nothing, Answer::Good) => self.halve(),
            (Step::First(count), Answer::Good) => {
                self.good = *count;
                self.halve()
            }
            (Step::First(count), Answer::Bad) => {
                (self.bad, self.seen) = (*count, true);
                self.halve()
            }
            (Step::Alone, Answer::Bad) => self.convict(),
            (Step::Alone, Answer::Good) if self.seen => self.search_partners(),
            (Step::Alone, Answer::Good) if self.keys.len() > 1 => Step::Everything,
            (Step::Everything, Answer::Bad) => {
                self.seen = true;
                self.search_partners()
            }
            (Step::Alone | Step::Everything, Answer::Good) => Step::Done(Finding::NoFault),
            (Step::Done(_), _) => return,
        };
        self.load = self.loaded();
    }

    /// What came out, once the search is over.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.step {
            Step::Done(finding) => Some(finding),
            _ => None,
        }
    }

    /// The guilty plugins, once the search is over and has found some.
    pub fn found(&self) -> Option<Vec<String>> {
        match self.finding() {
            Some(Finding::Guilty(keys)) => Some(keys.clone()),
            _ => None,
        }
    }

    /// The search as a line of text.
    pub fn to_text(&self) -> String {
        // Texts and numbers only, which always have a form in JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    /// [`BisectError`] for any other text.
    pub fn from_text(text: &str) -> Result<Self, BisectError> {
        let read: Self =
            serde_json::from_str(text).map_err(|error| BisectError { problem: error.to_string() })?;
        match read.is_sound() {
            true => Ok(read),
            false => Err(BisectError { problem: "its numbers do not fit its plugins".into() }),
        }
    }
}

impl Bisect {
    /// The next beginning of the list to try; with one suspect left, that one.
    fn halve(&mut self) -> Step {
        if self.bad - self.good > 1 {
            return Step::First(self.good.midpoint(self.bad));
        }
        self.guilty.push(self.good);
        // With none of the others before it, the guilty ones are what the fault was seen with last.
        match self.good == 0 && self.seen {
            true => self.convict(),
            false => Step::Alone,
        }
    }

    /// The guilty ones alone do no harm: others before the last of them are guilty too.
    fn search_partners(&mut self) -> Step {
        (self.good, self.bad) = (0, self.guilty.last().copied().unwrap_or(0));
        match self.bad {
            // With the same plugins the fault was there, and is not: it comes and goes.
            0 => self.convict(),
            _ => self.halve(),
        }
    }

    fn convict(&self) -> Step {
        Step::Done(Finding::Guilty(self.keys_at(|place| self.guilty.contains(&place))))
    }

    fn loaded(&self) -> Vec<String> {
        match self.step {
            Step::Nothing | Step::Done(_) => Vec::new(),
            Step::First(count) => self.keys_at(|place| place < count || self.guilty.contains(&place)),
            Step::Alone => self.keys_at(|place| self.guilty.contains(&place)),
            Step::Everything => self.keys.clone(),
        }
    }

    fn keys_at(&self, wanted: impl Fn(usize) -> bool) -> Vec<String> {
        let keys = self.keys.iter().enumerate().filter(|(place, _)| wanted(*place));
        keys.map(|(_, key)| key.clone()).collect()
    }

    /// Whether a text that was read could have been written.
    fn is_sound(&self) -> bool {
        let count = self.keys.len();
        let within = match self.step {
            Step::First(first) => self.good < first && first < self.bad,
            _ => true,
        };
        within
            && self.good <= self.bad
            && self.bad <= count
            && self.guilty.iter().all(|place| *place < count)
            && self.load == self.loaded()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(count: usize) -> Vec<String> {
        (0..count).map(|index| format!("plugin_{index}")).collect()
    }

    /// Searches where the fault is there with these plugins together, keeping the search as text between the answers.
    fn search(count: usize, fault: impl Fn(&[String]) -> bool) -> (Finding, u32) {
        let mut bisect = Bisect::new(keys(count));
        let mut steps = 0;
        while bisect.finding().is_none() {
            let answer = if fault(bisect.to_load()) { Answer::Bad } else { Answer::Good };
            bisect.answer(answer);
            bisect = Bisect::from_text(&bisect.to_text()).unwrap();
            steps += 1;
            assert!(steps < 200, "{bisect:?}");
        }
        assert!(bisect.to_load().is_empty() && bisect.suspects().is_empty() && bisect.steps_left() == 0);
        (bisect.finding().unwrap().clone(), steps)
    }

    fn all_of(guilty: &[usize]) -> impl Fn(&[String]) -> bool {
        let guilty: Vec<_> = guilty.iter().map(|index| format!("plugin_{index}")).collect();
        move |loaded| guilty.iter().all(|key| loaded.contains(key))
    }

    fn check(count: usize, guilty: &[usize]) {
        let expected = guilty.iter().map(|index| format!("plugin_{index}")).collect();
        assert_eq!(search(count, all_of(guilty)).0, Finding::Guilty(expected));
    }

    #[test]
    fn a_fault_without_plugins_is_no_plugins() {
        assert_eq!(search(9, |_| true), (Finding::NoPlugin, 1));
        assert_eq!(search(0, |_| true), (Finding::NoPlugin, 1));
    }

    #[test]
    fn a_fault_that_is_gone_is_said_to_be_gone() {
        for count in [0, 1, 2, 9] {
            assert_eq!(search(count, |_| false).0, Finding::NoFault);
        }
    }

    #[test]
    fn plugins_that_are_bad_only_together_are_found_together() {
        check(2, &[0, 1]);
        check(8, &[0, 7]);
        check(8, &[3, 4]);
        check(9, &[1, 4, 8]);
    }

    #[test]
    fn the_first_and_the_last_are_found() {
        check(1, &[0]);
        check(7, &[0]);
        check(7, &[6]);
    }

    #[test]
    fn half_of_the_list_is_loaded_first() {
        let mut bisect = Bisect::new(keys(8));
        assert!(bisect.to_load().is_empty());
        assert_eq!(bisect.steps_left(), 5);
        bisect.answer(Answer::Good);
        assert_eq!(bisect.to_load(), &keys(8)[..4]);
        bisect.answer(Answer::Bad);
        assert_eq!(bisect.suspects(), &keys(8)[..4]);
        assert_eq!(bisect.to_load(), &keys(8)[..2]);
    }

    #[test]
    fn a_key_that_comes_twice_counts_once() {
        let bisect = Bisect::new(["a", "b", "a"].map(String::from));
        assert_eq!(bisect.suspects(), ["a", "b"]);
    }

    #[test]
    fn other_texts_are_refused() {
        assert!(Bisect::from_text("").is_err());
        let whole = Bisect::new(keys(4)).to_text();
        assert!(!whole.contains('\n'));
        assert!(Bisect::from_text(&whole[..whole.len() - 1]).is_err());
        let message = Bisect::from_text(&whole.replace("\"bad\":4", "\"bad\":5")).unwrap_err().to_string();
        assert!(message.contains("its numbers do not fit its plugins"), "{message}");
    }

    proptest! {
        /// A single guilty plugin is found with `log2 n + 2` answers.
        #[test]
        fn one_of_many_is_found_soon((count, guilty) in (1..300_usize).prop_flat_map(|n| (Just(n), 0..n))) {
            let promised = Bisect::new(keys(count)).steps_left();
            let (finding, steps) = search(count, all_of(&[guilty]));
            prop_assert_eq!(finding, Finding::Guilty(vec![format!("plugin_{guilty}")]));
            prop_assert!(steps <= count.next_power_of_two().ilog2() + 2 && steps <= promised, "{}", steps);
        }

        /// Several that are bad only together are all found, and nothing else is.
        #[test]
        fn any_set_is_found(guilty in prop::collection::btree_set(0..20_usize, 1..5)) {
            check(20, &guilty.into_iter().collect::<Vec<_>>());
        }

        /// Whatever is answered, the search ends.
        #[test]
        fn contradictions_end(answers in prop::collection::vec(any::<bool>(), 100), count in 0..40_usize) {
            let mut bisect = Bisect::new(keys(count));
            for bad in answers {
                bisect.answer(if bad { Answer::Bad } else { Answer::Good });
                prop_assert!(bisect.is_sound());
            }
            prop_assert!(count > 4 || bisect.finding().is_some());
        }

        /// A text that was changed is refused or can be worked with.
        #[test]
        fn any_text_is_read(
            bad in 0..9_usize, good in 0..9_usize, step in "\"Nothing\"|\"Alone\"|\\{\"First\":[0-9]\\}",
            guilty in prop::collection::vec(0..9_usize, 0..3),
        ) {
            let text = format!(
                r#"{{"keys":["a","b","c"],"guilty":{guilty:?},"good":{good},"bad":{bad},"seen":true,"step":{step},"load":[]}}"#
            );
            if let Ok(mut bisect) = Bisect::from_text(&text) {
                (0..20).for_each(|index| bisect.answer(if index % 2 == 0 { Answer::Good } else { Answer::Bad }));
            }
        }
    }
}

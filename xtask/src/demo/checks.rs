//! Claims, and whether they hold.

use std::fmt::Debug;

/// Every claim checked so far.
#[derive(Default)]
pub(crate) struct Checks {
    lines: Vec<String>,
    failures: usize,
}

impl Checks {
    pub(crate) fn holds(&mut self, claim: &str, holds: bool) {
        self.note(claim, if holds { None } else { Some(String::new()) });
    }

    pub(crate) fn equal<T: PartialEq + Debug + ?Sized>(&mut self, claim: &str, actual: &T, expected: &T) {
        let difference = (actual != expected).then(|| format!(": it is {actual:?}, not {expected:?}"));
        self.note(claim, difference);
    }

    pub(crate) fn contains(&mut self, claim: &str, text: &str, part: &str) {
        let difference = (!text.contains(part)).then(|| format!(": {part:?} is not in {text:?}"));
        self.note(claim, difference);
    }

    pub(crate) fn count(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn failures(&self) -> usize {
        self.failures
    }

    /// One line for each claim.
    pub(crate) fn text(&self) -> String {
        self.lines.join("\n")
    }

    fn note(&mut self, claim: &str, difference: Option<String>) {
        let Some(difference) = difference else {
            self.lines.push(format!("ok      {claim}"));
            return;
        };
        self.failures += 1;
        self.lines.push(format!("FAILED  {claim}{difference}"));
    }
}

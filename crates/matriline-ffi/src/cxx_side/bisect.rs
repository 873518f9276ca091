//! `Bisect`.

use std::pin::Pin;

use matriline::{Answer, Bisect, ErrorCode, Finding};

use crate::boundary::{Fault, run};
use crate::life::{Failure, ffi};

/// What a `Bisect` of C++ owns.
pub(crate) struct Search(Bisect);

impl Default for Search {
    fn default() -> Self {
        Self(Bisect::new([]))
    }
}

pub(crate) fn new_search(keys: &[String], failure: Pin<&mut Failure>) -> Box<Search> {
    run(failure, || Ok(Box::new(Search(Bisect::new(keys.iter().cloned())))))
}

pub(crate) fn read_search(text: &str, failure: Pin<&mut Failure>) -> Box<Search> {
    run(failure, || {
        let read = Bisect::from_text(text);
        let read = read.map_err(|error| Fault::new(ErrorCode::InvalidArgument, error.to_string()))?;
        Ok(Box::new(Search(read)))
    })
}

impl Search {
    pub(crate) fn to_load(&self, failure: Pin<&mut Failure>) -> Vec<String> {
        run(failure, || Ok(self.0.to_load().to_vec()))
    }

    pub(crate) fn suspects(&self, failure: Pin<&mut Failure>) -> Vec<String> {
        run(failure, || Ok(self.0.suspects().to_vec()))
    }

    pub(crate) fn steps_left(&self, failure: Pin<&mut Failure>) -> u32 {
        run(failure, || Ok(self.0.steps_left()))
    }

    pub(crate) fn answer(&mut self, is_bad: bool, failure: Pin<&mut Failure>) {
        run(failure, || {
            self.0.answer(if is_bad { Answer::Bad } else { Answer::Good });
            Ok(())
        });
    }

    pub(crate) fn end(&self, failure: Pin<&mut Failure>) -> ffi::SearchEnd {
        let end = run(failure, || Ok(self.0.finding().cloned()));
        match end {
            None => ffi::SearchEnd::None,
            Some(Finding::Guilty(_)) => ffi::SearchEnd::Guilty,
            Some(Finding::NoPlugin) => ffi::SearchEnd::NoPlugin,
            Some(Finding::NoFault) => ffi::SearchEnd::NoFault,
        }
    }

    pub(crate) fn guilty(&self, failure: Pin<&mut Failure>) -> Vec<String> {
        run(failure, || Ok(self.0.found().unwrap_or_default()))
    }

    pub(crate) fn text(&self, failure: Pin<&mut Failure>) -> String {
        run(failure, || Ok(self.0.to_text()))
    }
}

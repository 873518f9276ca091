//! What tests of capability types of an application begin with.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::sync::{Arc, Mutex};

use matriline::{CallError, Report, Typed};
use matriline_testkit::DataFolder;

use crate::common::{Application, every_type};

/// A plugin with one capability `it`, whose class has that base and that body.
pub fn source(base: &str, body: &str) -> String {
    let body = body.trim().replace('\n', "\n    ");
    format!(
        "import orca\n\n\
         class It(orca.{base}):\n    def get_name(self):\n        return 'it'\n    {body}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(It)\n"
    )
}

/// An application that takes plugins of the four types, with that plugin loaded.
pub fn application(base: &str, body: &str) -> Application {
    let application = application_of(&[("plugin", &source(base, body))]);
    application.load("plugin");
    application
}

/// The same with these plugins installed.
pub fn application_of(plugins: &[(&str, &str)]) -> Application {
    let data = DataFolder::new();
    for (key, source) in plugins {
        data.add_script(key, &format!("{key}.py"), source);
    }
    Application::start(data, every_type)
}

/// Its capability.
pub fn it<T: Typed + ?Sized>(application: &Application) -> Arc<T> {
    application.loader().capability::<T>("plugin", "it").expect("it is loaded")
}

/// Takes progress, and cancels at the end of a list of answers.
pub struct Reports {
    pub told: Mutex<Vec<(f64, String)>>,
    cancel_at: usize,
}

impl Reports {
    pub fn new(cancel_at: usize) -> (Arc<Self>, Arc<dyn Report>) {
        let reports = Arc::new(Self { told: Mutex::default(), cancel_at });
        (reports.clone(), reports)
    }

    pub fn count(&self) -> usize {
        self.told.lock().unwrap().len()
    }
}

impl Report for Reports {
    fn report(&self, done: f64, message: &str) -> bool {
        let mut told = self.told.lock().unwrap();
        told.push((done, message.to_owned()));
        told.len() < self.cancel_at
    }
}

/// Somebody who does not look.
pub fn nobody() -> Arc<dyn Report> {
    Reports::new(usize::MAX).1
}

/// The type of the exception that a call raised, and its message.
#[track_caller]
pub fn raised<R: std::fmt::Debug>(called: Result<R, CallError>) -> (String, String) {
    let error = called.unwrap_err();
    let raised = error.raised().unwrap_or_else(|| panic!("{error}"));
    (raised.kind.clone(), raised.message.clone())
}

//! The application's ear: it is told of acts, and asks the user.

use std::sync::Arc;

use matriline_policy::{Activity, Answer, Question};
use matriline_registry::lock::Mutex;

/// What the application does with acts of plugins. One for the process; see [`set_auditor`].
pub trait Auditor: Send + Sync {
    /// Asks the user. Called on the plugin's thread, as the application and without the GIL; it waits for the answer, and
    /// a time that is over means [`Answer::No`]. Two threads that ask the same thing get one call.
    ///
    /// Whoever answers [`Answer::Always`] keeps the grant and gives the plugin's new ones to
    /// [`Identity::set_grants`](crate::identity::Identity::set_grants).
    fn ask(&self, question: &Question) -> Answer;

    /// Takes one line for the activity log. Called inside of the audit hook with the GIL held: it returns at once,
    /// neither blocks nor runs Python.
    fn record(&self, activity: Activity);
}

static AUDITOR: Mutex<Option<Arc<dyn Auditor>>> = Mutex::new(None);

/// Sets who is told and who asks; `None` for nobody, so that what would be asked is refused.
pub fn set_auditor(auditor: Option<Arc<dyn Auditor>>) {
    let earlier = std::mem::replace(&mut *AUDITOR.lock(), auditor);
    // Whatever the last of an auditor does, it does without the lock.
    drop(earlier);
}

pub(crate) fn auditor() -> Option<Arc<dyn Auditor>> {
    AUDITOR.lock().clone()
}

//! One dialog for one question, however many threads ask it.

use std::sync::Arc;

use matriline_policy::{Answer, Category, Question};
use matriline_registry::lock::{Condvar, Mutex};

use super::auditor::auditor;
use crate::{desk, identity};

/// A question that somebody is being asked.
struct Open {
    plugin: String,
    category: Category,
    targets: Vec<String>,
    answer: Mutex<Option<Answer>>,
    answered: Condvar,
}

static OPEN: Mutex<Vec<Arc<Open>>> = Mutex::new(Vec::new());

/// Asks the user, and waits for the answer without the GIL. Nobody to ask means no.
pub(super) fn ask(question: &Question) -> Answer {
    let Some(auditor) = auditor() else { return Answer::No };
    identity::host_call(|| {
        let (open, is_ours) = join(question);
        if is_ours {
            let _end = End(&open);
            let answer = auditor.ask(question);
            *open.answer.lock() = Some(answer);
            return answer;
        }
        // On the main thread the application's window is kept alive meanwhile, which may be the very one that asks.
        let answer = desk::wait(None, |until| {
            let mut answer = open.answer.lock();
            if answer.is_none() {
                match until {
                    Some(until) => open.answered.wait_until(&mut answer, until),
                    None => open.answered.wait(&mut answer),
                }
            }
            *answer
        });
        answer.unwrap_or(Answer::No)
    })
}

/// The same question of another thread, or a new one.
fn join(question: &Question) -> (Arc<Open>, bool) {
    let act = &question.act;
    let mut all = OPEN.lock();
    let same = |open: &&Arc<Open>| {
        open.plugin == act.plugin_key && open.category == act.category && open.targets == act.targets
    };
    if let Some(open) = all.iter().find(same) {
        return (open.clone(), false);
    }
    let open = Arc::new(Open {
        plugin: act.plugin_key.clone(),
        category: act.category,
        targets: act.targets.clone(),
        answer: Mutex::default(),
        answered: Condvar::new(),
    });
    all.push(open.clone());
    (open, true)
}

/// Ends a question, also when who asks panics: then it is a no.
struct End<'a>(&'a Arc<Open>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        OPEN.lock().retain(|open| !Arc::ptr_eq(open, self.0));
        self.0.answer.lock().get_or_insert(Answer::No);
        self.0.answered.notify_all();
    }
}

//! The application's ear inside of the audit hook: acts go to the activity log, questions to its main thread.

use std::sync::{Arc, Weak};

use matriline_policy::{Activity, Answer, AuditAct, Category, GrantKind, Question};
use matriline_python::audit::Auditor;
use matriline_python::desk;

use super::activity::ActivityLog;
use super::permissions::Permission;
use crate::PluginLoader;
use crate::loader::Inner;
use crate::services::PermissionRequest;

/// One for each manager; there is one manager at a time.
pub(crate) struct Ear {
    loader: Weak<Inner>,
    /// Held beside, since a manager must not end inside of the hook.
    log: Arc<ActivityLog>,
}

impl Ear {
    pub(crate) fn of(loader: &Arc<Inner>) -> Self {
        Self { loader: Arc::downgrade(loader), log: loader.audit.log.clone() }
    }
}

impl Auditor for Ear {
    fn ask(&self, question: &Question) -> Answer {
        let Some(loader) = self.loader.upgrade().map(PluginLoader) else { return Answer::No };
        loader.logged(|| loader.ask_user(question))
    }

    fn record(&self, activity: Activity) {
        self.log.note(activity);
    }
}

impl PluginLoader {
    /// Asks the application, and keeps what is answered for good.
    fn ask_user(&self, question: &Question) -> Answer {
        match self.put(question) {
            Answer::Always if question.can_be_kept => self.keep(question),
            Answer::Always => Answer::Once,
            answer => answer,
        }
    }

    /// Asks the application on its main thread; no answer in time is a no.
    fn put(&self, question: &Question) -> Answer {
        let Some((ask, limit)) = self.0.audit.options.questions.clone() else { return Answer::No };
        let asked = question.clone();
        desk::ask_within(limit, move || ask(&asked)).unwrap_or_else(|error| {
            let plugin = question.act.plugin_key.as_str();
            let asked = super::question_text(question);
            tracing::warn!(target: "matriline::audit", plugin, "{asked}, which counts as denied: {error}");
            Answer::No
        })
    }

    /// Has the application decide on a request: by its function for requests, else by that for questions, a list at a
    /// time; else everything is granted.
    pub(super) fn decide_on(&self, request: &PermissionRequest) -> bool {
        if self.0.answers.permit.is_some() || self.0.audit.options.questions.is_none() {
            return self.0.answers.is_granted(request);
        }
        let category = |kind| Category::ALL.into_iter().find(|category| category.grants() == Some(kind));
        let question = |kind| {
            let of_kind = request.permissions().filter(|permission| permission.kind == kind);
            let act = AuditAct {
                plugin_key: request.plugin.clone(),
                capability: String::new(),
                event: "orca.request_permissions".into(),
                category: category(kind)?,
                targets: of_kind.map(|permission| permission.target).collect(),
            };
            (!act.targets.is_empty()).then_some(Question { act, can_be_kept: true })
        };
        GrantKind::ALL.into_iter().filter_map(question).all(|question| self.put(&question) != Answer::No)
    }

    /// Keeps a grant for good. Where that fails it holds for this time.
    fn keep(&self, question: &Question) -> Answer {
        let act = &question.act;
        let catalog = self.0.catalog.load();
        let (Some(entry), Some(kind)) = (catalog.get(&act.plugin_key), act.category.grants()) else {
            return Answer::Once;
        };
        let kept: Vec<_> =
            act.targets.iter().map(|target| Permission { kind, target: target.clone() }).collect();
        self.grant(entry, &kept);
        Answer::Always
    }
}

//! Bringing a decision about: targets, rules, what was allowed already, the user.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use matriline_policy::{
    Act, Answer, AuditAct, Category, Decision, Denied, Done, EventRule, Grants, LastName, Mode, Need,
    PlaceRules, Question, Rule, Subject, Target, Targets, Use, Verdict,
};
use matriline_roots::{Follow, Root, resolve};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::approvals::Approvals;
use super::stack::LibraryRun;
use super::targets::{self, Found};
use super::{library, questions, refuse};
use crate::attach::FORKED;
use crate::identity::{Identity, Scope};

/// Whose code acts: in a call or on a thread of a plugin, or told by its code alone.
#[derive(Clone, Copy)]
pub(super) struct Actor<'a> {
    identity: Option<&'a Identity>,
    scope: Option<&'a Scope<'a>>,
}

impl<'a> Actor<'a> {
    pub(super) fn of_call(scope: &'a Scope<'a>) -> Self {
        Self { identity: Some(scope.identity()), scope: Some(scope) }
    }

    pub(super) fn of_code(identity: Option<&'a Identity>) -> Self {
        Self { identity, scope: None }
    }

    pub(super) fn identity(&self) -> Option<&'a Identity> {
        self.identity
    }

    pub(super) fn key(&self) -> &'a str {
        self.identity.map_or("unknown", Identity::key)
    }

    pub(super) fn capability(&self) -> &'a str {
        self.scope.and_then(Scope::capability).map_or("", |id| &id.name)
    }

    /// The act, as it is told.
    pub(super) fn act(&self, rule: &EventRule, category: Category, targets: Vec<String>) -> AuditAct {
        AuditAct {
            plugin_key: self.key().to_owned(),
            capability: self.capability().to_owned(),
            event: rule.event.to_owned(),
            category,
            targets,
        }
    }

    /// A load that is over is held to the strictest policy, as is code of nobody.
    fn live(&self) -> Option<(&'a Identity, &'a PlaceRules)> {
        self.identity.and_then(|identity| Some((identity, identity.rules()?)))
    }

    fn mode(&self) -> Mode {
        let kind = self.scope.and_then(Scope::capability).map(|id| id.kind);
        self.live().map_or(Mode::Enforcing, |(identity, _)| identity.standing().mode(kind))
    }
}

/// How often a target may lead somewhere else while the user is asked about it.
const ROUNDS: usize = 3;

/// Decides about an act of an actor.
///
/// # Errors
/// The `PermissionError` of a refusal.
pub(super) fn act(
    actor: &Actor<'_>,
    rule: &'static EventRule,
    category: Category,
    args: &Bound<'_, PyTuple>,
) -> PyResult<()> {
    let py = args.py();
    let mode = actor.mode();
    // The steps decide where nobody is asked.
    if rule.need == Need::Steps && mode != Mode::Ask {
        return Ok(());
    }
    // A forked child ends as it likes.
    if rule.event == "os._exit" && FORKED.load(Ordering::Acquire) {
        return Ok(());
    }
    let not_understood = |denied| refuse::refuse(actor, rule, category, &targets::shown(rule, args), denied);
    let mut local = Approvals::default();
    for _ in 0..ROUNDS {
        let found = match targets::find(rule, args) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(()),
            // What it consists of will be understood, or not.
            Err(_) if rule.need == Need::Steps => return Ok(()),
            Err(denied) => return Err(not_understood(denied)),
        };
        let places = Places::resolve(actor, &found).map_err(not_understood)?;
        let Some(targets) = places.targets(actor, &found) else { return Ok(()) };
        let decision = places.decide(actor, mode, rule, category, &targets);
        let all = || targets.iter().map(name).collect::<Vec<_>>();
        let open = match decision {
            Decision::Allow(allowed) => {
                if mode != Mode::Loading && allowed == Rule::Grant {
                    remember(actor, rule, &done(rule, category, &all(), &targets), py);
                }
                if !(category == Category::FsRead && is_own(allowed)) {
                    let act = || actor.act(rule, category, all());
                    refuse::record(act, Verdict::Allowed, allowed.as_str());
                }
                local.release(py);
                return Ok(());
            }
            Decision::Deny(Denied::Outside) | Decision::Ask(_) if opens_folder(rule, args, &places) => {
                return Ok(());
            }
            Decision::Deny(denied) if denied.is_final() || mode == Mode::Loading => {
                local.release(py);
                return Err(refuse::refuse(actor, rule, category, &all(), denied));
            }
            Decision::Deny(_) => all(),
            Decision::Ask(open) => open.into_iter().map(|index| name(&targets[index])).collect(),
        };
        let done = done(rule, category, &open, &targets);
        let run = LibraryRun::now(py, actor.identity);
        if let Some(by) = covered(actor, &local, &done, &run) {
            if by == Rule::SameAct && done.rule.level >= 2 {
                remember(actor, rule, &done, py);
            }
            refuse::record(|| actor.act(rule, category, all()), Verdict::Allowed, by.as_str());
            local.release(py);
            return Ok(());
        }
        if mode != Mode::Ask {
            let denied = if category.is_file_act() { Denied::Outside } else { Denied::NotGranted };
            return Err(refuse::refuse(actor, rule, category, &open, denied));
        }
        if answer(actor, rule, &done) == Answer::No {
            with_approvals(actor, |approvals| approvals.refuse(&done));
            local.release(py);
            return Err(refuse::refuse(actor, rule, category, &open, Denied::Answered));
        }
        // Round again: what it leads to may have changed while the user was thinking.
        local.allow(&done, rule, &run);
        with_approvals(actor, |approvals| approvals.allow(&done, rule, &run));
    }
    local.release(py);
    let why = "what it leads to changes all the time";
    Err(not_understood(Denied::NotUnderstood { why }))
}

/// Whether the built-in `open` is called for a folder. It fails, or an `opener` opens something else, which is decided by
/// itself: so `tempfile` does it.
fn opens_folder(rule: &EventRule, args: &Bound<'_, PyTuple>, places: &Places) -> bool {
    rule.targets == Targets::Open
        && targets::has_mode(args)
        && places.paths.iter().all(|(path, used)| matches!(used, Use::Writes(_)) && path.is_dir())
}

/// Asks, unless the user said no to the same during this call.
fn answer(actor: &Actor<'_>, rule: &EventRule, done: &Done<'_>) -> Answer {
    let refused = with_approvals(actor, |approvals| approvals.is_refused(done)).unwrap_or(false);
    if refused || FORKED.load(Ordering::Acquire) {
        return Answer::No;
    }
    let can_be_kept = done.category.grants().is_some() && !done.targets.is_empty();
    let act = actor.act(rule, done.category, done.targets.to_vec());
    questions::ask(&Question { act, can_be_kept })
}

/// The rule by which an act that nothing grants is allowed all the same.
fn covered(actor: &Actor<'_>, local: &Approvals, done: &Done<'_>, run: &LibraryRun<'_>) -> Option<Rule> {
    if run.is_import && matches!(done.category, Category::FsRead | Category::Native) {
        return Some(Rule::Import);
    }
    // A library makes code objects for its own use.
    if done.category == Category::Code && !run.frames.is_empty() {
        return Some(Rule::Harmless);
    }
    if local.cover(done, run).is_some() {
        return Some(Rule::Answer);
    }
    with_approvals(actor, |approvals| approvals.cover(done, run)).flatten().map(|_| Rule::SameAct)
}

fn remember(actor: &Actor<'_>, rule: &'static EventRule, done: &Done<'_>, py: Python<'_>) {
    let run = LibraryRun::now(py, actor.identity);
    with_approvals(actor, |approvals| approvals.allow(done, rule, &run));
}

fn with_approvals<R>(actor: &Actor<'_>, act: impl FnOnce(&mut Approvals) -> R) -> Option<R> {
    actor.scope.map(|scope| scope.with_approvals(act))
}

fn is_own(rule: Rule) -> bool {
    matches!(rule, Rule::OwnPlace | Rule::Root | Rule::ScopedRoot | Rule::Public | Rule::Harmless)
}

fn done<'a>(
    rule: &'a EventRule,
    category: Category,
    names: &'a [String],
    targets: &[Target<'_>],
) -> Done<'a> {
    let used = targets.iter().filter_map(|target| match target {
        Target::Path(_, used) | Target::Nameless(used) => Some(*used),
        Target::Text(_) => None,
    });
    let stricter = |one, other| match (one, other) {
        (Use::Reads, used) | (used, Use::Reads) => used,
        (Use::Writes(one), Use::Writes(other)) if one as u8 >= other as u8 => Use::Writes(one),
        (_, used) => used,
    };
    Done { rule, category, targets: names, used: used.fold(Use::Reads, stricter) }
}

/// Where the paths of an act lead.
struct Places {
    /// For each path one or two places: for a link, what it points at and itself.
    paths: Vec<(PathBuf, Use)>,
}

impl Places {
    fn resolve(actor: &Actor<'_>, found: &[Found]) -> Result<Self, Denied> {
        let live = actor.live();
        let mut paths = Vec::new();
        for found in found {
            let (path, last, used) = match found {
                Found::Path(path, last, used) => (path, *last, *used),
                Found::Extension(path) => (path, LastName::Followed, Use::Reads),
                Found::Nameless(_) | Found::Text(_) => continue,
            };
            let follows: &[Follow] = match last {
                LastName::Followed => &[Follow::Yes],
                LastName::Kept => &[Follow::No],
                LastName::Either => &[Follow::Yes, Follow::No],
            };
            for follow in follows {
                let scoped = live.into_iter().flat_map(|(identity, _)| identity.scoped_roots());
                let roots = live.map_or(&[][..], |(identity, _)| identity.roots());
                let resolved = resolve(path, *follow, scoped.chain(roots)).map_err(|error| {
                    if path.starts_with("/proc") {
                        return Denied::Device;
                    }
                    let why = "the path cannot be resolved";
                    tracing::debug!(target: "matriline::audit", %error, "{why}");
                    Denied::NotUnderstood { why }
                })?;
                let direct = resolved.direct;
                paths.push((resolved.path.into_owned(), used));
                if direct {
                    break;
                }
            }
        }
        Ok(Self { paths })
    }

    /// What the policy is asked about; `None` for an extension module of the plugin's own packages.
    fn targets<'a>(&'a self, actor: &Actor<'_>, found: &'a [Found]) -> Option<Vec<Target<'a>>> {
        if let [Found::Extension(_)] = found {
            let (path, _) = self.paths.first()?;
            let own = actor.live().is_some_and(|(identity, _)| identity.holds_code(path));
            let text = path.to_str().unwrap_or("?");
            return (!own && !library::holds(path)).then(|| vec![Target::Text(text)]);
        }
        let paths = self.paths.iter().map(|(path, used)| Target::Path(path, *used));
        let others = found.iter().filter_map(|found| match found {
            Found::Nameless(used) => Some(Target::Nameless(*used)),
            Found::Text(text) => Some(Target::Text(text)),
            Found::Path(..) | Found::Extension(_) => None,
        });
        Some(paths.chain(others).collect())
    }

    fn decide(
        &self,
        actor: &Actor<'_>,
        mode: Mode,
        rule: &EventRule,
        category: Category,
        targets: &[Target<'_>],
    ) -> Decision {
        let nothing = PlaceRules::nothing();
        let live = actor.live();
        let rules = live.map_or(&nothing, |(_, rules)| rules);
        let scoped: Vec<&Path> =
            live.map_or_else(Vec::new, |(identity, _)| identity.scoped_roots().map(Root::path).collect());
        let code = live.into_iter().flat_map(|(identity, _)| identity.code_folders());
        let readable: Vec<&Path> = library::folder().into_iter().chain(code).collect();
        let grants: Arc<Grants> =
            live.map_or_else(Arc::default, |(identity, _)| identity.standing().grants());
        let subject = Subject { mode, rules, scoped: &scoped, readable: &readable, grants: &grants };
        subject.decide(&Act { category, need: rule.need, targets })
    }
}

/// A target, as it is told and granted.
fn name(target: &Target<'_>) -> String {
    match target {
        Target::Path(path, _) => path.to_string_lossy().into_owned(),
        Target::Nameless(_) => "descriptor".to_owned(),
        Target::Text(text) => (*text).to_owned(),
    }
}

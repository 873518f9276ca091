use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use matriline_capability::{CapabilityId, CapabilityType};
use tracing::Dispatch;

use super::{Event, Events, Listener, Post, Subscription};
use crate::log;

type Calls = Arc<Mutex<Vec<&'static str>>>;
/// Messages, with the plugin they are about.
type Logged = Arc<Mutex<Vec<(Option<String>, String)>>>;

fn inline() -> Arc<Events> {
    Arc::new(Events::new(None, Dispatch::none()))
}

fn note(calls: &Calls, name: &'static str) -> impl Fn(&str) + Send + Sync + 'static {
    let calls = calls.clone();
    move |_| calls.lock().unwrap().push(name)
}

fn check(calls: &Calls, expected: &[&str]) {
    assert_eq!(*calls.lock().unwrap(), expected);
}

/// 12.5, first case.
#[test]
fn subscribers_are_called_in_order() {
    let (events, calls) = (inline(), Calls::default());
    events.subscribe(Listener::Load(Box::new(note(&calls, "1"))));
    events.subscribe(Listener::Load(Box::new(note(&calls, "2"))));
    events.tell(Event::Load("p".into()));
    check(&calls, &["1", "2"]);
}

/// 12.5, second case.
#[test]
fn a_late_subscriber_begins_with_the_next_event() {
    let (events, calls) = (inline(), Calls::default());
    let (inner, mine) = (Arc::downgrade(&events), calls.clone());
    let once = Mutex::new(true);
    events.subscribe(Listener::Load(Box::new(move |_| {
        mine.lock().unwrap().push("original");
        if std::mem::replace(&mut *once.lock().unwrap(), false) {
            inner.upgrade().unwrap().subscribe(Listener::Load(Box::new(note(&mine, "added"))));
        }
    })));
    events.tell(Event::Load("p".into()));
    check(&calls, &["original"]);
    events.tell(Event::Load("p".into()));
    check(&calls, &["original", "original", "added"]);
}

/// 12.5, third case.
#[test]
fn the_state_of_a_subscriber_stays() {
    let (events, counts) = (inline(), Arc::new(Mutex::new(Vec::new())));
    let (mine, count) = (counts.clone(), Mutex::new(0));
    events.subscribe(Listener::Load(Box::new(move |_| {
        *count.lock().unwrap() += 1;
        mine.lock().unwrap().push(*count.lock().unwrap());
    })));
    events.tell(Event::Load("p".into()));
    events.tell(Event::Load("p".into()));
    assert_eq!(*counts.lock().unwrap(), [1, 2]);
}

/// 12.5, fourth case.
#[test]
fn another_thread_subscribes_while_a_subscriber_is_at_work() {
    let (events, calls) = (inline(), Calls::default());
    let (inside, entered) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    let left = Mutex::new(left);
    events.subscribe(Listener::Load(Box::new(move |_| {
        inside.send(()).unwrap();
        left.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap();
    })));
    std::thread::scope(|scope| {
        scope.spawn(|| events.tell(Event::Load("p".into())));
        entered.recv_timeout(Duration::from_secs(60)).unwrap();
        let subscribed = scope.spawn(|| events.subscribe(Listener::Load(Box::new(note(&calls, "late")))));
        subscribed.join().unwrap();
        leave.send(()).unwrap();
    });
    check(&calls, &[]);
    leave.send(()).unwrap();
    events.tell(Event::Load("p".into()));
    check(&calls, &["late"]);
}

#[test]
fn who_is_unsubscribed_meanwhile_is_not_called() {
    let (events, calls) = (inline(), Calls::default());
    let second: Arc<Mutex<Option<Subscription>>> = Arc::default();
    let (inner, token, mine) = (Arc::downgrade(&events), second.clone(), calls.clone());
    let first = events.subscribe(Listener::Unload(Box::new(move |_| {
        mine.lock().unwrap().push("first");
        if let Some(token) = token.lock().unwrap().take() {
            assert!(inner.upgrade().unwrap().unsubscribe(token));
        }
    })));
    *second.lock().unwrap() = Some(events.subscribe(Listener::Unload(Box::new(note(&calls, "second")))));
    events.subscribe(Listener::Unload(Box::new(note(&calls, "third"))));
    events.tell(Event::Unload("p".into()));
    check(&calls, &["first", "third"]);
    assert!(events.unsubscribe(first));
    assert!(!events.unsubscribe(first));
    assert!(!events.unsubscribe(Subscription::from_number(0)));
    events.tell(Event::Unload("p".into()));
    check(&calls, &["first", "third", "third"]);
}

#[test]
fn a_subscriber_may_raise_events() {
    let (events, calls) = (inline(), Calls::default());
    let inner = Arc::downgrade(&events);
    events.subscribe(Listener::Load(Box::new(note(&calls, "loaded"))));
    events.subscribe(Listener::Load(Box::new(move |key| {
        inner.upgrade().unwrap().tell(Event::Unload(key.into()))
    })));
    events.subscribe(Listener::Unload(Box::new(note(&calls, "unloaded"))));
    events.tell(Event::Load("p".into()));
    check(&calls, &["loaded", "unloaded"]);
}

#[test]
fn everybody_is_told_of_what_they_asked_for() {
    let (events, calls) = (inline(), Calls::default());
    let id = CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: "p".into() };
    let capability = |name| {
        let (calls, expected) = (calls.clone(), id.clone());
        move |id: &CapabilityId| {
            assert_eq!(*id, expected);
            calls.lock().unwrap().push(name);
        }
    };
    events.subscribe(Listener::Load(Box::new(note(&calls, "load"))));
    events.subscribe(Listener::Unload(Box::new(note(&calls, "unload"))));
    events.subscribe(Listener::Changed(Box::new(note(&calls, "changed"))));
    events.subscribe(Listener::CapabilityLoad(Box::new(capability("capability load"))));
    events.subscribe(Listener::CapabilityUnload(Box::new(capability("capability unload"))));
    events.tell(Event::CapabilityUnload(id.clone()));
    events.tell(Event::Changed("p".into()));
    events.tell(Event::CapabilityLoad(id.clone()));
    events.tell(Event::Unload("p".into()));
    events.tell(Event::Load("p".into()));
    check(&calls, &["capability unload", "changed", "capability load", "unload", "load"]);
}

/// The texts of section 3.8.
#[test]
fn a_subscriber_that_panics_is_logged_and_harms_nobody() {
    let logged = Logged::default();
    let mine = logged.clone();
    let dispatch = log::dispatch(Some(Arc::new(move |record: &log::LogRecord<'_>| {
        mine.lock().unwrap().push((record.plugin.map(Into::into), record.text.into()));
    })));
    let (events, calls) = (Events::new(None, dispatch), Calls::default());
    // Without the hook, which prints.
    let fail = |text: &str| std::panic::resume_unwind(Box::new(text.to_owned()));
    events.subscribe(Listener::Load(Box::new(move |key| fail(key))));
    events.subscribe(Listener::Load(Box::new(note(&calls, "load"))));
    events.subscribe(Listener::Unload(Box::new(|_| std::panic::resume_unwind(Box::new(7)))));
    events.subscribe(Listener::CapabilityLoad(Box::new(move |id| fail(&id.name))));
    events.subscribe(Listener::CapabilityUnload(Box::new(move |id| fail(&id.name))));
    let id = CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: "p".into() };
    events.tell(Event::Load("p".into()));
    events.tell(Event::Unload("p".into()));
    events.tell(Event::CapabilityLoad(id.clone()));
    events.tell(Event::CapabilityUnload(id.clone()));
    check(&calls, &["load"]);
    let texts = [
        "Plugin load completion callback failed for `p`: p",
        "Plugin unload completion callback failed for `p`: it panicked",
        "Plugin capability load callback failed for `p/a`: a",
        "Plugin capability unload callback failed for `p/a`: a",
    ];
    let expected = texts.map(|text| (Some("p".to_owned()), text.to_owned()));
    assert_eq!(*logged.lock().unwrap(), expected);
}

#[test]
fn posted_events_come_in_order_to_those_who_had_subscribed() {
    let (sender, posted) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
    let sender = Mutex::new(sender);
    let post: Post = Arc::new(move |act| sender.lock().unwrap().send(act).unwrap());
    let (events, calls) = (Events::new(Some(post), Dispatch::none()), Calls::default());
    events.tell(Event::Unload("nobody is told, so nothing is posted".into()));
    let first = events.subscribe(Listener::Load(Box::new(note(&calls, "first"))));
    events.subscribe(Listener::Unload(Box::new(note(&calls, "unload"))));
    events.tell(Event::Load("p".into()));
    events.subscribe(Listener::Load(Box::new(note(&calls, "late"))));
    events.tell(Event::Unload("p".into()));
    events.tell(Event::Load("p".into()));
    check(&calls, &[]);
    let all: Vec<_> = posted.try_iter().collect();
    assert_eq!(all.len(), 3);
    for (index, act) in all.into_iter().enumerate() {
        // Unsubscribed before the third is delivered.
        if index == 2 {
            assert!(events.unsubscribe(first));
        }
        act();
    }
    check(&calls, &["first", "unload", "late"]);
}

#[test]
fn a_post_that_fails_loses_its_event_only() {
    let post: Post = Arc::new(|_| std::panic::resume_unwind(Box::new("full")));
    let (events, calls) = (Events::new(Some(post), Dispatch::none()), Calls::default());
    events.subscribe(Listener::Load(Box::new(note(&calls, "load"))));
    events.tell(Event::Load("p".into()));
    check(&calls, &[]);
}

//! What pages and notifications tell.

use std::pin::Pin;
use std::sync::Arc;

use cxx::SharedPtr;
use matriline::ErrorCode;
use matriline::host::json::{JsonError, parse};
use matriline::host::{self, PAGE_SCRIPT, PageEvents, PageMessage};
use serde_json::Value;

use super::Shared;
use super::ui::CppWindow;

use crate::boundary::{Fault, Outcome, catch, run};
use crate::offer::{Failure, ffi};

/// Whom a page tells.
pub(crate) struct Events(pub(super) Arc<dyn PageEvents>);

impl Events {
    pub(crate) fn message(&self, json: &str, failure: Pin<&mut Failure>) {
        run(failure, || {
            self.0.message(parsed(json)?);
            Ok(())
        });
    }

    pub(crate) fn submit(&self, json: &str, failure: Pin<&mut Failure>) {
        run(failure, || {
            self.0.submit(parsed(json)?);
            Ok(())
        });
    }

    pub(crate) fn closed(&self) {
        // what a plugin raises is logged where it is called
        let _ = catch(|| {
            self.0.closed();
            Ok(())
        });
    }

    pub(crate) fn opened(&self, window: SharedPtr<ffi::HostWindow>, failure: Pin<&mut Failure>) {
        run(failure, || {
            if window.is_null() {
                return Err(Fault::new(ErrorCode::InvalidArgument, "The window that was opened is null"));
            }
            self.0.opened(Arc::new(CppWindow(Shared(window))));
            Ok(())
        });
    }

    pub(crate) fn tell(&self, text: &str, failure: Pin<&mut Failure>) -> u8 {
        run(failure, || {
            let Some(message) = PageMessage::read(text).map_err(refused)? else { return Ok(0) };
            let number = match &message {
                PageMessage::Message(_) => 1,
                PageMessage::Submit(_) => 2,
                PageMessage::Close => 3,
            };
            message.tell(&*self.0);
            Ok(number)
        })
    }
}

/// Who wants to know of a click on a notification, if anybody does.
pub(crate) struct Click(pub(super) Option<Arc<dyn Fn() + Send + Sync>>);

impl Click {
    pub(crate) fn is_wanted(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn click(&self) {
        // as for `closed`
        let _ = catch(|| {
            self.0.iter().for_each(|tell| tell());
            Ok(())
        });
    }
}

pub(crate) fn page_script() -> &'static str {
    PAGE_SCRIPT
}

pub(crate) fn page_dispatch(json: &str, failure: Pin<&mut Failure>) -> String {
    run(failure, || Ok(host::page_dispatch(&parsed(json)?)))
}

fn parsed(json: &str) -> Outcome<Value> {
    parse(json).map_err(refused)
}

fn refused(error: JsonError) -> Box<Fault> {
    Fault::new(ErrorCode::InvalidArgument, error.to_string())
}

//! The agent that the application works with.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use matriline_capability::{
    Answered, CallError, LocalConnectFn, MessageFn, PrinterAgentCapability, QueueOnMainFn, ServerFn, SsdpFn,
    TopicFn, UserMessageFn,
};
use matriline_python::desk;

use super::PrinterAgents;
use super::feed::PATIENCE;
use crate::within;

/// The functions that the selected agent is given. What an agent tells through them it tells on any thread.
#[derive(Clone, Debug, Default)]
pub struct AgentFunctions {
    /// See [`PrinterAgentCapability::set_server_callback`].
    pub server: Option<ServerFn>,
    /// See [`PrinterAgentCapability::set_on_ssdp_msg_fn`].
    pub ssdp: Option<SsdpFn>,
    /// See [`PrinterAgentCapability::set_on_printer_connected_fn`].
    pub printer_connected: Option<TopicFn>,
    /// See [`PrinterAgentCapability::set_on_subscribe_failure_fn`].
    pub subscribe_failure: Option<TopicFn>,
    /// See [`PrinterAgentCapability::set_on_message_fn`].
    pub message: Option<MessageFn>,
    /// See [`PrinterAgentCapability::set_on_user_message_fn`].
    pub user_message: Option<UserMessageFn>,
    /// See [`PrinterAgentCapability::set_on_local_connect_fn`].
    pub local_connect: Option<LocalConnectFn>,
    /// See [`PrinterAgentCapability::set_on_local_message_fn`].
    pub local_message: Option<MessageFn>,
    /// See [`PrinterAgentCapability::set_queue_on_main_fn`]. Without one tasks go the way of
    /// [`ManagerBuilder::post`](crate::ManagerBuilder::post).
    pub queue_on_main: Option<QueueOnMainFn>,
}

impl AgentFunctions {
    /// Gives all of them to an agent, unless it hangs. What it does not take is logged.
    fn give(&self, agent: &dyn PrinterAgentCapability) {
        let steps: [&dyn Fn() -> Answered<i32>; 9] = [
            &|| agent.set_server_callback(self.server.as_ref()),
            &|| agent.set_on_ssdp_msg_fn(self.ssdp.as_ref()),
            &|| agent.set_on_printer_connected_fn(self.printer_connected.as_ref()),
            &|| agent.set_on_subscribe_failure_fn(self.subscribe_failure.as_ref()),
            &|| agent.set_on_message_fn(self.message.as_ref()),
            &|| agent.set_on_user_message_fn(self.user_message.as_ref()),
            &|| agent.set_on_local_connect_fn(self.local_connect.as_ref()),
            &|| agent.set_on_local_message_fn(self.local_message.as_ref()),
            &|| agent.set_queue_on_main_fn(self.queue_on_main.as_ref()),
        ];
        for step in steps {
            if matches!(step().error, Some(CallError::TimedOut { .. })) {
                return;
            }
        }
    }

    /// The same for as long as an agent is selected.
    fn only_while(&self, selected: &Arc<AtomicBool>) -> Self {
        let is = || {
            let selected = selected.clone();
            move || selected.load(Ordering::Acquire)
        };
        Self {
            server: self.server.as_ref().map(|it| it.only_while(is())),
            ssdp: self.ssdp.as_ref().map(|it| it.only_while(is())),
            printer_connected: self.printer_connected.as_ref().map(|it| it.only_while(is())),
            subscribe_failure: self.subscribe_failure.as_ref().map(|it| it.only_while(is())),
            message: self.message.as_ref().map(|it| it.only_while(is())),
            user_message: self.user_message.as_ref().map(|it| it.only_while(is())),
            local_connect: self.local_connect.as_ref().map(|it| it.only_while(is())),
            local_message: self.local_message.as_ref().map(|it| it.only_while(is())),
            queue_on_main: self.queue_on_main.as_ref().map(|it| it.only_while(is())),
        }
    }
}

/// The agent that is worked with. Its functions are silent when this goes.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) id: String,
    is: Arc<AtomicBool>,
}

impl Drop for Selected {
    fn drop(&mut self) {
        self.is.store(false, Ordering::Release);
    }
}

impl PrinterAgents {
    /// Works with that agent from now on: the one before is told to let go of its printer and given no functions any more,
    /// this one is given `functions`, for as long as it is selected, and begins to look for printers. `None`, and nothing
    /// changes, for an id that no plugin has. An agent that hangs is waited for three seconds in each step.
    ///
    /// Threads: any. A second selection waits for the first, unless the first calls it: what it selects stays then.
    pub fn select(&self, id: &str, functions: &AgentFunctions) -> Option<Arc<dyn PrinterAgentCapability>> {
        let turn = self.0.0.agents.turns.take();
        let agent = self.get(id)?;
        self.deselect();
        let is = Arc::new(AtomicBool::new(true));
        let mut functions = functions.only_while(&is);
        let post = || {
            QueueOnMainFn::new(|task| {
                let task = task.clone();
                desk::tell(move || task.run());
            })
        };
        functions.queue_on_main.get_or_insert_with(post);
        let former = self.0.0.agents.selected.lock().replace(Selected { id: id.to_owned(), is: is.clone() });
        drop(former);
        let patient = within::<dyn PrinterAgentCapability>(agent.capability(), PATIENCE);
        functions.give(&*patient);
        if is.load(Ordering::Acquire) {
            patient.start_discovery(true, false);
        }
        drop(turn);
        Some(agent)
    }

    /// Works with no agent of a plugin any more.
    ///
    /// Threads: as for [`select`](Self::select).
    pub fn deselect(&self) {
        let _turn = self.0.0.agents.turns.take();
        let former = self.0.0.agents.selected.lock().take();
        let Some((former, agent)) =
            former.and_then(|former| self.get(&former.id).map(|agent| (former, agent)))
        else {
            return;
        };
        let patient = within::<dyn PrinterAgentCapability>(agent.capability(), PATIENCE);
        patient.set_user_selected_machine("");
        patient.disconnect_printer();
        drop(former);
        AgentFunctions::default().give(&*patient);
    }

    /// The id of the agent that is worked with. An agent that goes away is deselected.
    pub fn selected(&self) -> Option<String> {
        self.0.0.agents.selected.lock().as_ref().map(|selected| selected.id.clone())
    }
}

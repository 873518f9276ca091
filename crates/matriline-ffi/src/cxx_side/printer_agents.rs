//! Printer agents by their ids, and the one that the application works with.

use std::pin::Pin;
use std::time::Duration;

use cxx::SharedPtr;
use matriline::{
    AgentFunctions, ErrorCode, LocalConnectFn, MessageFn, OwnAgent, QueueOnMainFn, ServerFn, SsdpFn, TopicFn,
    UserMessageFn,
};

use crate::boundary::{Fault, Outcome, catch, run};
use crate::cxx_side::host::Host;
use crate::cxx_side::shell::{shell, shell_within};
use crate::cxx_side::values::Sink;
use crate::values::ffi::{self, AgentData, LeafData, OwnAgentData};

pub(crate) fn list_printer_agents(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<AgentData> {
    run(failure, || {
        let agents = host.manager()?.printer_agents().list();
        let data = |agent: matriline::ListedAgent| {
            let (capability, plugin_key) =
                agent.capability.map(|id| (id.name, id.plugin_key)).unwrap_or_default();
            let matriline::AgentInfo { id, name, version, description } = agent.info;
            AgentData { id, name, version, description, plugin_key, capability }
        };
        Ok(agents.into_iter().map(data).collect())
    })
}

/// The agent of an id; with a limit, in milliseconds, an object of its own, whose calls end in time.
pub(crate) fn find_printer_agent(
    host: &Host,
    id: &str,
    limit: u64,
    failure: Pin<&mut ffi::Failure>,
) -> SharedPtr<ffi::LoadedPluginCapability> {
    let found = run(failure, || Ok(host.manager()?.printer_agents().entry(id)));
    match (found, limit) {
        (None, _) => SharedPtr::null(),
        (Some(entry), 0) => shell(&entry),
        (Some(entry), limit) => shell_within(&entry, Duration::from_millis(limit)),
    }
}

/// Works with the agent of an id; null, and nothing changes, for an id that no plugin has.
pub(crate) fn select_printer_agent(
    host: &Host,
    id: &str,
    functions: &[LeafData<'_>],
    failure: Pin<&mut ffi::Failure>,
) -> SharedPtr<ffi::LoadedPluginCapability> {
    let found = run(failure, || {
        let agents = host.manager()?.printer_agents();
        Ok(agents.select(id, &given(functions)?).and_then(|_| agents.entry(id)))
    });
    found.map_or_else(SharedPtr::null, |entry| shell(&entry))
}

/// The functions, in the order of `PrinterAgentFunctions`.
fn given(functions: &[LeafData<'_>]) -> Outcome<AgentFunctions> {
    let [server, ssdp, connected, failed, message, user, connect, local, queue] = functions else {
        return Err(Fault::new(ErrorCode::InvalidArgument, "A printer agent is given nine functions"));
    };
    macro_rules! function {
        ($class:ident, $leaf:ident) => {
            Sink::of(&$leaf.function).map(|sink| $class::of(move |args| sink.call(args)))
        };
    }
    Ok(AgentFunctions {
        server: function!(ServerFn, server),
        ssdp: function!(SsdpFn, ssdp),
        printer_connected: function!(TopicFn, connected),
        subscribe_failure: function!(TopicFn, failed),
        message: function!(MessageFn, message),
        user_message: function!(UserMessageFn, user),
        local_connect: function!(LocalConnectFn, connect),
        local_message: function!(MessageFn, local),
        queue_on_main: function!(QueueOnMainFn, queue),
    })
}

pub(crate) fn deselect_printer_agent(host: &Host, failure: Pin<&mut ffi::Failure>) {
    run(failure, || {
        host.manager()?.printer_agents().deselect();
        Ok(())
    });
}

pub(crate) fn selected_printer_agent(host: &Host, failure: Pin<&mut ffi::Failure>) -> String {
    run(failure, || Ok(host.manager()?.printer_agents().selected().unwrap_or_default()))
}

/// Those of OrcaSlicer, which an application has that does not say otherwise.
pub(crate) fn own_printer_agents() -> Vec<OwnAgentData> {
    let data = |OwnAgent { id, name }| OwnAgentData { id, name };
    catch(|| Ok(OwnAgent::of_orca().into_iter().map(data).collect())).unwrap_or_default()
}

pub(crate) fn set_printer_agents(host: &Host, agents: &[OwnAgentData], failure: Pin<&mut ffi::Failure>) {
    run(failure, || {
        host.set_own_agents(agents.iter().map(|own| OwnAgent::new(&own.id, &own.name)).collect());
        Ok(())
    });
}

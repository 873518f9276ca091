//! The bridge of calls whose arguments go as values: those of types whose methods have many, and functions among them.
//!
//! An argument is one leaf, a record one for each of its fields; the table says which is what.

pub(crate) use crate::cxx_side::printer_agents::{
    deselect_printer_agent, find_printer_agent, list_printer_agents, own_printer_agents,
    select_printer_agent, selected_printer_agent, set_printer_agents,
};
pub(crate) use crate::cxx_side::values::{PluginTask, call_values};

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(missing_docs, unreachable_pub)]
pub(crate) mod ffi {
    /// An argument, or a field of one: the place that its kind says is used.
    struct LeafData<'a> {
        text: &'a str,
        number: i64,
        real: f64,
        function: SharedPtr<FunctionSink>,
    }

    /// What a plugin gives to a function.
    struct GivenData<'a> {
        text: &'a str,
        code: i32,
    }

    /// A printer agent; without a plugin key it is the application's own.
    struct AgentData {
        id: String,
        name: String,
        version: String,
        description: String,
        plugin_key: String,
        capability: String,
    }

    /// A printer agent that the application brings itself.
    struct OwnAgentData {
        id: String,
        name: String,
    }

    unsafe extern "C++" {
        include!("value_glue.hpp");
        include!("glue.hpp");
        include!("generated/bridge.hpp");

        type CapabilityHandle = crate::bridge::CapabilityHandle;
        type Failure = crate::bridge::Failure;
        type Host = crate::bridge::Host;
        type LoadedPluginCapability = crate::bridge::ffi::LoadedPluginCapability;
        type FunctionSink;
        type Reply;

        fn call_function(sink: &FunctionSink, args: &[GivenData<'_>]) -> Result<bool>;
        fn give_task(sink: &FunctionSink, task: Box<PluginTask>) -> Result<()>;
        fn set_number(reply: Pin<&mut Reply>, number: i64) -> Result<()>;
        fn add_text(reply: Pin<&mut Reply>, text: &str) -> Result<()>;
    }

    extern "Rust" {
        type PluginTask;
        fn run(self: &PluginTask);

        fn call_values(
            handle: &CapabilityHandle,
            method: usize,
            args: &[LeafData<'_>],
            reply: Pin<&mut Reply>,
            failure: Pin<&mut Failure>,
        );
        fn list_printer_agents(host: &Host, failure: Pin<&mut Failure>) -> Vec<AgentData>;
        fn find_printer_agent(
            host: &Host,
            id: &str,
            limit: u64,
            failure: Pin<&mut Failure>,
        ) -> SharedPtr<LoadedPluginCapability>;
        /// The functions stand in the order of `PrinterAgentFunctions`.
        fn select_printer_agent(
            host: &Host,
            id: &str,
            functions: &[LeafData<'_>],
            failure: Pin<&mut Failure>,
        ) -> SharedPtr<LoadedPluginCapability>;
        fn deselect_printer_agent(host: &Host, failure: Pin<&mut Failure>);
        /// Empty for none.
        fn selected_printer_agent(host: &Host, failure: Pin<&mut Failure>) -> String;
        fn own_printer_agents() -> Vec<OwnAgentData>;
        /// Before `start`.
        fn set_printer_agents(host: &Host, agents: &[OwnAgentData], failure: Pin<&mut Failure>);
    }
}

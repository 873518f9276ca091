//! Printer agents by their ids, as presets name them, and the one that the application works with.

use std::time::Duration;

use matriline::{
    AgentFunctions, ErrorCode, ListedAgent, OwnAgent, PrinterAgentCapability, PrinterAgents, within,
};

use super::capability::matriline_capability;
use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::{matriline_str, matriline_text};
use super::{array, enter, give, object, object_mut, slot, value_of};
use crate::boundary::{Fault, Outcome};
use crate::generated::printer_agent_functions::*;

/// A printer agent that the application brings itself.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_own_agent {
    /// Its id, which no plugin can take.
    pub id: matriline_str,
    /// What the user reads.
    pub name: matriline_str,
}

/// Sets the printer agents that the application brings itself; they are copied. Without it they are those of OrcaSlicer.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_printer_agents(
    config: *mut matriline_config,
    agents: *const matriline_own_agent,
    count: usize,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (config, agents) = unsafe { (object_mut(config, "config")?, array(agents, count, "agents")?) };
        let own = |agent: &matriline_own_agent| {
            // SAFETY: the caller's promise.
            Ok(unsafe { OwnAgent::new(agent.id.read("id")?, agent.name.read("name")?) })
        };
        config.printer_agents = Some(agents.iter().map(own).collect::<Outcome<_>>()?);
        Ok(())
    })
}

/// The printer agents there are: the application's own first, then those of plugins, in the order in which they came.
pub struct matriline_printer_agent_list(Vec<ListedAgent>);

/// All printer agents. `list_out` receives a list to free with `matriline_printer_agent_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_printer_agents(
    manager: *const matriline_manager,
    list_out: *mut *mut matriline_printer_agent_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (agents, out) = unsafe { (agents(manager)?, slot(list_out, "list_out")?) };
        give(out, matriline_printer_agent_list(agents.list()));
        Ok(())
    })
}

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_printer_agent_list_len(
    list: *const matriline_printer_agent_list,
) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// An agent in a list; its texts live as long as the list.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_listed_agent {
    /// What presets call it.
    pub id: matriline_str,
    /// What the user reads.
    pub name: matriline_str,
    /// Its version; empty for one of the application's own.
    pub version: matriline_str,
    /// What it is for; empty for one of the application's own.
    pub description: matriline_str,
    /// The key of the plugin that offers it; empty for one of the application's own.
    pub plugin_key: matriline_str,
    /// The name of the capability that it is; empty for one of the application's own.
    pub capability_name: matriline_str,
}

/// One of them goes to `agent_out`. False beyond the end and for NULL. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_printer_agent_list_get(
    list: *const matriline_printer_agent_list,
    index: usize,
    agent_out: *mut matriline_listed_agent,
) -> bool {
    super::answer(false, || {
        // SAFETY: the caller's promise.
        let (list, out) = unsafe { (list.as_ref(), agent_out.as_mut()) };
        let agent = list.and_then(|list| list.0.get(index));
        let Some((agent, out)) = agent.zip(out) else { return false };
        let capability = agent.capability.as_ref();
        *out = matriline_listed_agent {
            id: matriline_str::of(&agent.info.id),
            name: matriline_str::of(&agent.info.name),
            version: matriline_str::of(&agent.info.version),
            description: matriline_str::of(&agent.info.description),
            plugin_key: matriline_str::of(capability.map_or("", |id| &id.plugin_key)),
            capability_name: matriline_str::of(capability.map_or("", |id| &id.name)),
        };
        true
    })
}

/// Frees a list. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_printer_agent_list_free(list: *mut matriline_printer_agent_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}

/// The agent of a plugin that has the id. `capability_out` receives it, to let go with `matriline_capability_release`, or
/// NULL for one of the application's own and for none. It is called with `matriline_printer_agent_…`.
///
/// With a limit, in milliseconds, its calls end in time: one that has not returned by then fails with
/// `MATRILINE_RESULT_TIMED_OUT` and goes on without the caller, so that the functions it was given must own what they use.
/// 0 for none.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_printer_agent(
    manager: *const matriline_manager,
    id: matriline_str,
    milliseconds: u64,
    capability_out: *mut *const matriline_capability,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (agents, id) = unsafe { (agents(manager)?, id.read("id")?) };
        // SAFETY: the caller's promise.
        let out = unsafe { object_mut(capability_out, "capability_out") }?;
        *out = agents.entry(id).map_or(std::ptr::null(), |entry| match milliseconds {
            0 => matriline_capability::of(entry),
            limit => {
                let limit = Duration::from_millis(limit);
                let patient = within::<dyn PrinterAgentCapability>(&entry.capability(), limit);
                matriline_capability::called_by(entry, patient.capability().clone())
            }
        });
        Ok(())
    })
}

/// The functions that the selected agent is given: set `size` and what is wanted, and leave the rest zero. What an agent
/// tells through them it tells on any thread. A later version may append members; `size` says which there are.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct matriline_agent_functions {
    /// `sizeof(matriline_agent_functions)`.
    pub size: usize,
    /// See `matriline_printer_agent_set_server_callback`.
    pub server: matriline_server_fn,
    /// See `matriline_printer_agent_set_on_ssdp_msg_fn`.
    pub ssdp: matriline_ssdp_fn,
    /// See `matriline_printer_agent_set_on_printer_connected_fn`.
    pub printer_connected: matriline_topic_fn,
    /// See `matriline_printer_agent_set_on_subscribe_failure_fn`.
    pub subscribe_failure: matriline_topic_fn,
    /// See `matriline_printer_agent_set_on_message_fn`.
    pub message: matriline_message_fn,
    /// See `matriline_printer_agent_set_on_user_message_fn`.
    pub user_message: matriline_user_message_fn,
    /// See `matriline_printer_agent_set_on_local_connect_fn`.
    pub local_connect: matriline_local_connect_fn,
    /// See `matriline_printer_agent_set_on_local_message_fn`.
    pub local_message: matriline_message_fn,
    /// See `matriline_printer_agent_set_queue_on_main_fn`. Without one tasks go the way of `matriline_config_set_post`.
    pub queue_on_main: matriline_queue_on_main_fn,
}

/// Works with that agent from now on: the one before is told to let go of its printer and given no functions any more,
/// this one is given `functions` (NULL for none), for as long as it is selected, and begins to look for printers.
/// `capability_out` may be NULL; otherwise it receives the agent, to let go with `matriline_capability_release`, or NULL,
/// and nothing changes, for an id that no plugin has. An agent that hangs is waited for three seconds in each step. What
/// `functions` holds is dropped also when this fails, unless its size is wrong.
///
/// Threads: any; not two at a time.
///
/// # Safety
/// Every pointer is NULL or valid, `functions` for its size, the text readable; functions can be called on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_select_printer_agent(
    manager: *const matriline_manager,
    id: matriline_str,
    functions: *const matriline_agent_functions,
    capability_out: *mut *const matriline_capability,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let functions = unsafe { read(functions) }?;
        // SAFETY: the caller's promise.
        let (agents, id) = unsafe { (agents(manager)?, id.read("id")?) };
        let selected = agents.select(id, &functions).and_then(|_| agents.entry(id));
        // SAFETY: the caller's promise.
        if let Some(out) = unsafe { capability_out.as_mut() } {
            *out = selected.map_or(std::ptr::null(), matriline_capability::of);
        }
        Ok(())
    })
}

/// Works with no agent of a plugin any more.
///
/// Threads: any; not two at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_deselect_printer_agent(
    manager: *const matriline_manager,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { agents(manager) }?.deselect();
        Ok(())
    })
}

/// The id of the agent that is worked with. `id_out` receives it, to free with `matriline_text_free`, or NULL when there is
/// none. An agent that goes away is deselected.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_selected_printer_agent(
    manager: *const matriline_manager,
    id_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (agents, out) = unsafe { (agents(manager)?, slot(id_out, "id_out")?) };
        super::text::give_optional(out, agents.selected());
        Ok(())
    })
}

/// # Safety
/// The pointer is NULL or valid.
unsafe fn agents(manager: *const matriline_manager) -> Outcome<PrinterAgents> {
    // SAFETY: the caller's promise.
    Ok(unsafe { object(manager, "manager") }?.0.printer_agents())
}

/// The functions that a table has.
///
/// # Safety
/// `functions` is NULL, or readable for its size; its functions can be called on any thread.
unsafe fn read(functions: *const matriline_agent_functions) -> Outcome<AgentFunctions> {
    // SAFETY: the caller's promise; a table begins with its size.
    let Some(size) = (unsafe { functions.cast::<usize>().as_ref() }) else {
        return Ok(AgentFunctions::default());
    };
    if *size < std::mem::offset_of!(matriline_agent_functions, server) {
        let message =
            format!("The size of the functions is {size}: set it to `sizeof(matriline_agent_functions)`");
        return Err(Fault::new(ErrorCode::InvalidArgument, message));
    }
    // SAFETY: pointers, and functions that may be NULL.
    let mut table: matriline_agent_functions = unsafe { std::mem::zeroed() };
    let count = (*size).min(size_of::<matriline_agent_functions>());
    // SAFETY: the caller's promise, and the size of the table here.
    unsafe { std::ptr::copy_nonoverlapping(functions.cast::<u8>(), (&raw mut table).cast::<u8>(), count) };
    // SAFETY: the caller's promise.
    unsafe {
        Ok(AgentFunctions {
            server: matriline_server_fn::read(&table.server),
            ssdp: matriline_ssdp_fn::read(&table.ssdp),
            printer_connected: matriline_topic_fn::read(&table.printer_connected),
            subscribe_failure: matriline_topic_fn::read(&table.subscribe_failure),
            message: matriline_message_fn::read(&table.message),
            user_message: matriline_user_message_fn::read(&table.user_message),
            local_connect: matriline_local_connect_fn::read(&table.local_connect),
            local_message: matriline_message_fn::read(&table.local_message),
            queue_on_main: matriline_queue_on_main_fn::read(&table.queue_on_main),
        })
    }
}

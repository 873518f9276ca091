//! What a printer agent does that has not written it: commands as G-code, sent through its own messages.

use matriline_python::binding;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Value, json};

/// The code of a command that the agent has not.
pub(crate) const NOT_SUPPORTED: i32 = -7010;

/// The code of a command that makes no sense.
const FAILED: i32 = -1;

/// Adds the methods to the namespace of the base class of agents.
pub(crate) fn add_to(namespace: &Bound<'_, PyDict>) -> PyResult<()> {
    let py = namespace.py();
    namespace.set_item("command_xyz_abs", binding(&wrap_pyfunction!(command_xyz_abs, py)?)?)?;
    namespace.set_item("command_auto_leveling", binding(&wrap_pyfunction!(command_auto_leveling, py)?)?)?;
    namespace.set_item("command_go_home", binding(&wrap_pyfunction!(command_go_home, py)?)?)?;
    namespace.set_item("command_set_bed", binding(&wrap_pyfunction!(command_set_bed, py)?)?)?;
    namespace.set_item("command_set_nozzle", binding(&wrap_pyfunction!(command_set_nozzle, py)?)?)?;
    namespace.set_item("command_axis_control", binding(&wrap_pyfunction!(command_axis_control, py)?)?)
}

/// Where a command goes.
struct Route {
    dev_id: String,
    sequence_id: String,
    lan_mode: bool,
}

impl Route {
    /// Sends a command as a message of the agent, which answers with a code.
    fn send<'py>(&self, agent: &Bound<'py, PyAny>, mut command: Value) -> PyResult<Bound<'py, PyAny>> {
        command["sequence_id"] = self.sequence_id.as_str().into();
        let message = json!({ "print": command }).to_string();
        let method = if self.lan_mode { "send_message_to_printer" } else { "send_message" };
        agent.call_method1(method, (&*self.dev_id, message, 0, 0))
    }

    fn send_gcode<'py>(&self, agent: &Bound<'py, PyAny>, gcode: &str) -> PyResult<Bound<'py, PyAny>> {
        self.send(agent, json!({ "command": "gcode_line", "param": gcode }))
    }
}

/// Has coordinates taken as absolute: sends G90. Answers the code of the message.
#[pyfunction]
#[pyo3(signature = (this, dev_id, sequence_id, lan_mode), text_signature = "(self, dev_id, sequence_id, lan_mode)")]
fn command_xyz_abs<'py>(
    this: &Bound<'py, PyAny>,
    dev_id: String,
    sequence_id: String,
    lan_mode: bool,
) -> PyResult<Bound<'py, PyAny>> {
    Route { dev_id, sequence_id, lan_mode }.send_gcode(this, "G90\n")
}

/// Has the bed levelled: sends G29. Answers the code of the message.
#[pyfunction]
#[pyo3(signature = (this, dev_id, sequence_id, lan_mode), text_signature = "(self, dev_id, sequence_id, lan_mode)")]
fn command_auto_leveling<'py>(
    this: &Bound<'py, PyAny>,
    dev_id: String,
    sequence_id: String,
    lan_mode: bool,
) -> PyResult<Bound<'py, PyAny>> {
    Route { dev_id, sequence_id, lan_mode }.send_gcode(this, "G29\n")
}

/// Has the axes moved to where they begin: sends back_to_center to a printer that knows it, else G28, while it prints
/// G28 X. Answers the code of the message.
#[pyfunction]
#[pyo3(
    signature = (this, dev_id, is_printing, supports_mqtt_homing, sequence_id, lan_mode),
    text_signature = "(self, dev_id, is_printing, supports_mqtt_homing, sequence_id, lan_mode)"
)]
fn command_go_home<'py>(
    this: &Bound<'py, PyAny>,
    dev_id: String,
    is_printing: bool,
    supports_mqtt_homing: bool,
    sequence_id: String,
    lan_mode: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let route = Route { dev_id, sequence_id, lan_mode };
    match supports_mqtt_homing {
        true => route.send(this, json!({ "command": "back_to_center" })),
        false => route.send_gcode(this, if is_printing { "G28 X\n" } else { "G28\n" }),
    }
}

/// Has the bed heated to so many degrees: sends set_bed_temp to a printer that knows it, else M140. Answers the code
/// of the message.
#[pyfunction]
#[pyo3(
    signature = (this, dev_id, temp, supports_mqtt_bed_ctrl, sequence_id, lan_mode),
    text_signature = "(self, dev_id, temp, supports_mqtt_bed_ctrl, sequence_id, lan_mode)"
)]
fn command_set_bed<'py>(
    this: &Bound<'py, PyAny>,
    dev_id: String,
    temp: i64,
    supports_mqtt_bed_ctrl: bool,
    sequence_id: String,
    lan_mode: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let route = Route { dev_id, sequence_id, lan_mode };
    match supports_mqtt_bed_ctrl {
        true => route.send(this, json!({ "command": "set_bed_temp", "temp": temp })),
        false => route.send_gcode(this, &format!("M140 S{temp}\n")),
    }
}

/// Has the nozzle heated to so many degrees: sends M104. Answers the code of the message.
#[pyfunction]
#[pyo3(
    signature = (this, dev_id, temp, sequence_id, lan_mode),
    text_signature = "(self, dev_id, temp, sequence_id, lan_mode)"
)]
fn command_set_nozzle<'py>(
    this: &Bound<'py, PyAny>,
    dev_id: String,
    temp: i64,
    sequence_id: String,
    lan_mode: bool,
) -> PyResult<Bound<'py, PyAny>> {
    Route { dev_id, sequence_id, lan_mode }.send_gcode(this, &format!("M104 S{temp}\n"))
}

/// Has an axis moved by unit times input_val millimetres from where it is: G1 for X, Y and Z, G0 for E; -1 for any
/// other. Answers the code of the message.
#[pyfunction]
#[pyo3(
    signature = (this, dev_id, axis, unit, input_val, speed, is_core_xy, supports_mqtt_axis_control, sequence_id, lan_mode),
    text_signature = "(self, dev_id, axis, unit, input_val, speed, is_core_xy, supports_mqtt_axis_control, sequence_id, lan_mode)"
)]
#[allow(clippy::too_many_arguments, reason = "plugins have the same method")]
fn command_axis_control<'py>(
    this: &Bound<'py, PyAny>,
    dev_id: String,
    axis: &str,
    unit: f64,
    input_val: f64,
    speed: i64,
    is_core_xy: bool,
    supports_mqtt_axis_control: bool,
    sequence_id: String,
    lan_mode: bool,
) -> PyResult<Bound<'py, PyAny>> {
    // Printers that know a command for it know G-code as well, and G-code names the axis, however it is driven.
    let _ = (supports_mqtt_axis_control, is_core_xy);
    let route = Route { dev_id, sequence_id, lan_mode };
    match movement(axis, unit * input_val, speed) {
        Some(gcode) => route.send_gcode(this, &gcode),
        None => Ok(FAILED.into_pyobject(this.py())?.into_any()),
    }
}

/// The G-code of a movement from where the axis is.
fn movement(axis: &str, length: f64, speed: i64) -> Option<String> {
    match axis {
        _ if !length.is_finite() => None,
        "X" | "Y" | "Z" => Some(format!("G91\nG1 {axis}{length:.1} F{speed}\nG90\n")),
        "E" => Some(format!("M83\nG0 E{length:.1} F{speed}\n")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(axis: &str, length: f64, expected: Option<&str>) {
        assert_eq!(movement(axis, length, 3000).as_deref(), expected, "{axis}");
    }

    #[test]
    fn axes_move_from_where_they_are() {
        check("X", 10.0, Some("G91\nG1 X10.0 F3000\nG90\n"));
        check("Z", -0.25, Some("G91\nG1 Z-0.2 F3000\nG90\n"));
        check("Y", 10.0, Some("G91\nG1 Y10.0 F3000\nG90\n"));
        check("E", 5.0, Some("M83\nG0 E5.0 F3000\n"));
    }

    #[test]
    fn other_axes_and_lengths_are_none() {
        check("A", 10.0, None);
        check("", 10.0, None);
        check("X", f64::NAN, None);
    }
}

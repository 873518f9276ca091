//! The row of printer agents, which talk to printers in the place of the application's own network code.
//!
//! The application calls an agent as it would call its own, so a call that fails has an answer all the same, with the
//! error beside it ([`Answered`]).

use std::cell::RefCell;
use std::sync::Arc;

use super::joined::older_arg;
use crate::call::{self, Answer, Answered, Capability, CapabilityView, Fill, Nested, Value};
use crate::function::{
    CancelFn, LocalConnectFn, MessageFn, QueueOnMainFn, ServerFn, SnapshotFn, SsdpFn, TopicFn, UpdateFn,
    UserMessageFn, WaitFn,
};
use crate::{
    Access, ArgSpec, Caller, CameraStreamMode, CapabilityType, Duty, Failures, FieldSpec, FilamentSyncMode,
    Kind, MethodSpec, RecordSpec, TypeSpec,
};

owned_records! {
    OWNED;

    /// What an agent says of itself.
    AgentInfo = Make "printer_agent" agent_info {
        /// What presets call it; no two agents have the same.
        id: Text,
        /// What the user reads.
        name: Text,
        /// Its version.
        version: Text,
        /// What it is for.
        description: Text,
    }

    /// What an agent finds out of a printer, to be filled in.
    DetectResult = Open "printer_agent" detect_result {
        /// How it went.
        result_msg: Text,
        /// The command that was sent.
        command: Text,
        /// The printer.
        dev_id: Text,
        /// Its model.
        model_id: Text,
        /// Its name.
        dev_name: Text,
        /// The version of its software.
        version: Text,
        /// Whether it is bound: `free`, `occupied`.
        bind_state: Text,
        /// How it is connected: `lan`, `cloud`, `farm`.
        connect_type: Text,
    }
}

records! {
    RECORDS;

    /// Where a printer is, and how to be let in.
    PrinterConnectionParams = Open "printer_agent" PrinterConnectionParams printer_connection_params derives Default {
        /// The printer.
        dev_id: Text,
        /// Its address, without a scheme before it.
        host: Text,
        /// Its port; empty for the usual one.
        port: Text,
        /// The user; empty for most printers.
        username: Text,
        /// The access code.
        password: Text is secret,
        /// Whether the connection is encrypted.
        use_ssl: Flag,
        /// The file with the certificate that the printer's is checked with; empty for those of the system.
        ca_file: Text,
    }

    /// What is to be printed or uploaded, and how.
    PrintParams = Open "printer_agent" PrintParams print_params derives Default {
        /// The printer.
        dev_id: Text,
        /// The name of the job.
        task_name: Text,
        /// The project; `verify_job` for the upload that only checks the connection.
        project_name: Text,
        /// The preset of the printer.
        preset_name: Text,
        /// The file that is sent.
        filename: Text,
        /// The file with the configuration.
        config_filename: Text,
        /// The folder on the printer.
        ftp_folder: Text,
        /// The file on the printer.
        ftp_file: Text,
        /// The MD5 sum of that.
        ftp_file_md5: Text,
        /// Which nozzle takes which filament.
        nozzle_mapping: Text,
        /// Which tray gives which filament, a JSON array.
        ams_mapping: Text,
        /// The same with units and slots.
        ams_mapping2: Text,
        /// What is to be known of those filaments.
        ams_mapping_info: Text,
        /// What is to be known of the nozzles.
        nozzles_info: Text,
        /// How the printer is connected: `lan`, `cloud`.
        connection_type: Text,
        /// A remark.
        comments: Text,
        /// The model it was made of.
        origin_model_id: Text,
        /// Where the job comes from.
        print_type: Text,
        /// Where the file goes.
        dst_file: Text,
        /// The name of the printer.
        dev_name: Text,
        /// The address of the printer.
        dev_ip: Text,
        /// The user.
        username: Text,
        /// The access code.
        password: Text is secret,
        /// The plate that lies on the bed.
        task_bed_type: Text,
        /// More options, as JSON.
        extra_options: Text,
        /// The plate of the project, from 1.
        plate_index: Number,
        /// The profile it was made with.
        origin_profile_id: Number,
        /// The design it was made of.
        stl_design_id: Number,
        /// Whether the bed is levelled: 0 for no, 1 for yes, 2 for as the printer thinks.
        auto_bed_leveling: Number,
        /// Whether the flow is calibrated, in the same way.
        auto_flow_cali: Number,
        /// Whether the offset of the nozzles is calibrated, in the same way.
        auto_offset_cali: Number,
        /// Whether the file goes over an encrypted connection.
        use_ssl_for_ftp: Flag,
        /// Whether messages go over an encrypted connection.
        use_ssl_for_mqtt: Flag,
        /// Whether the bed is levelled first.
        task_bed_leveling: Flag,
        /// Whether the flow is calibrated first.
        task_flow_cali: Flag,
        /// Whether vibrations are calibrated first.
        task_vibration_cali: Flag,
        /// Whether the first layer is inspected.
        task_layer_inspect: Flag,
        /// Whether a time-lapse is recorded.
        task_record_timelapse: Flag,
        /// Whether filament comes from the changer.
        task_use_ams: Flag,
        /// Whether an outer changer helps.
        task_ext_change_assist: Flag,
        /// Whether the printer's own memory is tried first.
        try_emmc_print: Flag,
    }
}

types! {
    TYPES;

    /// Talks to printers: finds them, connects to them, prints on them.
    PrinterConnection = PrinterAgentCapability, "printer_agent" PrinterAgentBase,
        PrinterAgentPluginCapability printer_agent_plugin_capability, printer_agent, [answers "Printer agent plugin"] {
        /// Says what the agent is. An empty id means that it is none.
        get_agent_info() -> AgentInfo on Interface = 0;
        /// Connects to a printer. The function of `set_on_local_connect_fn` is told how it went.
        connect_printer(params: PrinterConnectionParams) -> Code on Interface = 1
            or (params.dev_id, params.host, params.username, params.password, params.use_ssl);
        /// Ends the connection.
        disconnect_printer() -> Code on Interface = 2;
        /// Sends a message through the cloud.
        send_message(dev_id: Text, json_str: Text, qos: Number, flag: Number) -> Code on Any = 3;
        /// Sends a message to the printer that is connected.
        send_message_to_printer(dev_id: Text, json_str: Text, qos: Number, flag: Number) -> Code on Any = 4;
        /// Begins or ends the search for printers. The function of `set_on_ssdp_msg_fn` is told of each.
        start_discovery(start: Flag, sending: Flag) -> Flag on Interface = 5;
        /// Asks a printer what it is, and fills `detect` in.
        bind_detect(dev_ip: Text, sec_link: Text, detect: (DetectResult)) -> Code on Any = 6;
        /// The printer that is selected; empty for none.
        get_user_selected_machine() -> Text on Interface = 7;
        /// Selects a printer; an empty text selects none.
        set_user_selected_machine(dev_id: Text) -> Code on Interface = 8;
        /// Uploads a file and does not print it.
        start_send_gcode_to_sdcard(
            params: PrintParams, update_fn: [UpdateFn], cancel_fn: [CancelFn], wait_fn: [WaitFn],
        ) -> Code on Job = 9;
        /// Prints over the local network.
        start_local_print(params: PrintParams, update_fn: [UpdateFn], cancel_fn: [CancelFn]) -> Code on Job = 10;
        /// Prints through the cloud.
        start_print(
            params: PrintParams, update_fn: [UpdateFn], cancel_fn: [CancelFn], wait_fn: [WaitFn],
        ) -> Code on Job = 11;
        /// Prints over the local network, and has the cloud note it.
        start_local_print_with_record(
            params: PrintParams, update_fn: [UpdateFn], cancel_fn: [CancelFn], wait_fn: [WaitFn],
        ) -> Code on Job = 12;
        /// Prints a file that the printer has.
        start_sdcard_print(params: PrintParams, update_fn: [UpdateFn], cancel_fn: [CancelFn]) -> Code on Job = 13;
        /// Checks the certificate of the printer.
        check_cert() -> Code on Any = 14;
        /// Installs a certificate on the printer.
        install_device_cert(dev_id: Text, lan_only: Flag) -> Unit on Any = 15, optional;
        /// Says whether a printer can be bound with that code.
        ping_bind(code: Text) -> Code on Any = 16;
        /// Binds a printer to the user.
        bind(
            dev_ip: Text, dev_id: Text, dev_model: Text, sec_link: Text, timezone: Text, improved: Flag,
            update_fn: [UpdateFn],
        ) -> Code on Job = 17 or (dev_ip, dev_id, sec_link, timezone, improved, update_fn);
        /// Ends the binding of a printer.
        unbind(dev_id: Text) -> Code on Any = 18;
        /// Asks for a ticket to bind printers with.
        request_bind_ticket() -> CodeAndText on Any = 19;
        /// Takes the function that is told of answers of a server; `None` for no more.
        set_server_callback(server_fn: [ServerFn]) -> Code on Interface = 20;
        /// Takes the function that is told of printers that were found; `None` for no more.
        set_on_ssdp_msg_fn(ssdp_fn: [SsdpFn]) -> Code on Interface = 21;
        /// Takes the function that is told of printers that are connected through the cloud; `None` for no more.
        set_on_printer_connected_fn(topic_fn: [TopicFn]) -> Code on Interface = 22;
        /// Takes the function that is told of printers that cannot be subscribed to; `None` for no more.
        set_on_subscribe_failure_fn(topic_fn: [TopicFn]) -> Code on Interface = 23;
        /// Takes the function that is given messages that come through the cloud; `None` for no more.
        set_on_message_fn(message_fn: [MessageFn]) -> Code on Interface = 24;
        /// Takes the function that is given messages for the user; `None` for no more.
        set_on_user_message_fn(user_message_fn: [UserMessageFn]) -> Code on Interface = 25;
        /// Takes the function that is told how the connection stands; `None` for no more.
        set_on_local_connect_fn(local_connect_fn: [LocalConnectFn]) -> Code on Interface = 26;
        /// Takes the function that is given messages of the printer that is connected; `None` for no more.
        set_on_local_message_fn(message_fn: [MessageFn]) -> Code on Interface = 27;
        /// Takes the function that has something done on the main thread; `None` for no more.
        set_queue_on_main_fn(queue_on_main_fn: [QueueOnMainFn]) -> Code on Interface = 28;
        /// How the filaments of the printer are learnt.
        get_filament_sync_mode() -> FilamentSyncMode on Interface = 29, optional;
        /// Has the printer tell of its filaments.
        fetch_filament_info(dev_id: Text, sync_mode: FilamentSyncMode) -> Flag on Any = 30 or (dev_id), optional;
        /// Has the tag of a spool read again.
        command_ams_refresh_rfid(
            dev_id: Text, ams_id: Number, slot_id: Number, sequence_id: Text, lan_mode: Flag,
        ) -> Code on Interface = 31, optional;
        /// Has a unit of the changer calibrated.
        command_ams_calibrate(
            dev_id: Text, ams_id: Number, sequence_id: Text, lan_mode: Flag,
        ) -> Code on Interface = 32, optional;
        /// Selects a tray of the changer.
        command_ams_select_tray(
            dev_id: Text, tray_id: Text, sequence_id: Text, lan_mode: Flag,
        ) -> Code on Interface = 33, optional;
        /// Switches the camera on.
        command_start_camera(dev_id: Text) -> Code on Interface = 34, optional;
        /// Has coordinates taken as absolute.
        command_xyz_abs(dev_id: Text, sequence_id: Text, lan_mode: Flag) -> Code on Interface = 35, optional;
        /// Has the bed levelled.
        command_auto_leveling(dev_id: Text, sequence_id: Text, lan_mode: Flag) -> Code on Interface = 36, optional;
        /// Has the axes moved to where they begin; while it prints the X axis alone.
        command_go_home(
            dev_id: Text, is_printing: Flag, supports_mqtt_homing: Flag, sequence_id: Text, lan_mode: Flag,
        ) -> Code on Interface = 37, optional;
        /// Has the bed heated to so many degrees.
        command_set_bed(
            dev_id: Text, temp: Number, supports_mqtt_bed_ctrl: Flag, sequence_id: Text, lan_mode: Flag,
        ) -> Code on Interface = 38, optional;
        /// Has the nozzle heated to so many degrees.
        command_set_nozzle(
            dev_id: Text, temp: Number, sequence_id: Text, lan_mode: Flag,
        ) -> Code on Interface = 39, optional;
        /// Has an axis moved: `X`, `Y`, `Z` or `E`, by `unit` times `input_val` millimetres, so fast in millimetres per minute.
        command_axis_control(
            dev_id: Text, axis: Text, unit: Real, input_val: Real, speed: Number, is_core_xy: Flag,
            supports_mqtt_axis_control: Flag, sequence_id: Text, lan_mode: Flag,
        ) -> Code on Interface = 40, optional;
        /// How the picture of the camera comes.
        get_camera_stream_mode() -> CameraStreamMode on Interface = 41, optional;
        /// Where the picture of the camera comes from; empty for nowhere.
        get_camera_url() -> Text on Interface = 42, optional;
        /// Asks the printer for a picture of what it reports; the function is given it.
        get_hms_snapshot(dev_id: Text, file_name: Text, callback: [SnapshotFn]) -> Code on Any = 43;
    }
}

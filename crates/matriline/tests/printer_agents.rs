//! `orca.printer_agent`: every method, what becomes of failures, generations, functions of the application.

mod common;

use std::sync::{Arc, Mutex};

use common::{Application, eval, patiently};
use matriline::{
    AgentInfo, Answered, CallError, CameraStreamMode, CancelFn, DetectResult, FilamentSyncMode, LogLevel,
    MessageFn, PrintParams, PrinterAgentCapability, PrinterConnectionParams, QueueOnMainFn, SnapshotFn,
    SsdpFn, Task, UpdateFn, WaitFn,
};
use matriline_testkit::process_tests;

/// A plugin with one agent `agent` whose class has these methods beside `get_name`.
fn plugin(methods: &str) -> String {
    let methods = methods.trim().replace('\n', "\n    ");
    format!(
        "import orca, threading\nfrom orca.printer_agent import *\n\n\
         class Agent(orca.printer_agent.PrinterAgentBase):\n    \
             def get_name(self):\n        return 'agent'\n\n    {methods}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Agent)\n"
    )
}

fn loaded(methods: &str) -> (Application, Arc<dyn PrinterAgentCapability>) {
    let application = Application::with_script("talks", &plugin(methods));
    application.load("talks");
    let agent = application.loader().capability::<dyn PrinterAgentCapability>("talks", "agent").unwrap();
    (application, agent)
}

/// What the log warns of, but for that the agent does not say what it is.
fn warnings(application: &Application) -> Vec<String> {
    let mut warned = application.logged(LogLevel::Warn, "talks");
    warned.retain(|text| !text.starts_with("Printer-agent 'agent' could not be enabled"));
    warned
}

/// Calls every method, and answers what each gave.
fn call_all(agent: &dyn PrinterAgentCapability) -> Vec<(&'static str, String, Option<CallError>)> {
    let mut all = Vec::new();
    let mut detect = DetectResult { dev_name: "untouched".into(), ..DetectResult::default() };
    macro_rules! note {
        ($($method:ident($($arg:expr),*);)*) => {
            $({
                let Answered { value, error } = agent.$method($($arg),*);
                all.push((stringify!($method), format!("{value:?}"), error));
            })*
        };
    }
    let (connection, print) = (PrinterConnectionParams::default(), PrintParams::default());
    note! {
        get_agent_info();
        connect_printer(&connection);
        disconnect_printer();
        send_message("", "{}", 0, 0);
        send_message_to_printer("", "{}", 0, 0);
        start_discovery(true, false);
        bind_detect("", "", &mut detect);
        get_user_selected_machine();
        set_user_selected_machine("");
        start_send_gcode_to_sdcard(&print, None, None, None);
        start_local_print(&print, None, None);
        start_print(&print, None, None, None);
        start_local_print_with_record(&print, None, None, None);
        start_sdcard_print(&print, None, None);
        check_cert();
        install_device_cert("", false);
        ping_bind("");
        bind("", "", "", "", "", false, None);
        unbind("");
        request_bind_ticket();
        set_server_callback(None);
        set_on_ssdp_msg_fn(None);
        set_on_printer_connected_fn(None);
        set_on_subscribe_failure_fn(None);
        set_on_message_fn(None);
        set_on_user_message_fn(None);
        set_on_local_connect_fn(None);
        set_on_local_message_fn(None);
        set_queue_on_main_fn(None);
        get_filament_sync_mode();
        fetch_filament_info("", FilamentSyncMode::Pull);
        command_ams_refresh_rfid("", 0, 0, "", false);
        command_ams_calibrate("", 0, "", false);
        command_ams_select_tray("", "", "", false);
        command_start_camera("");
        command_xyz_abs("", "", false);
        command_auto_leveling("", "", false);
        command_go_home("", false, false, "", false);
        command_set_bed("", 60, false, "", false);
        command_set_nozzle("", 200, "", false);
        command_axis_control("", "X", 1.0, 10.0, 3000, true, false, "", false);
        get_camera_stream_mode();
        get_camera_url();
        get_hms_snapshot("", "", None);
    }
    assert_eq!(detect.dev_name, "untouched");
    all
}

/// The answer of a call that failed.
fn failure_of(method: &str) -> String {
    match method {
        "get_agent_info" => format!("{:?}", AgentInfo::default()),
        "start_discovery" | "fetch_filament_info" => "false".into(),
        "get_user_selected_machine" | "get_camera_url" => "\"\"".into(),
        "install_device_cert" => "()".into(),
        "request_bind_ticket" => "(-1, \"\")".into(),
        "get_filament_sync_mode" | "get_camera_stream_mode" => "None".into(),
        _ => "-1".into(),
    }
}

/// 12.16, the first row.
fn an_agent_that_always_raises() {
    let (application, agent) = loaded(
        "def __getattribute__(self, name):\n    \
             if name in ('get_name', 'get_type', 'on_load', 'on_unload', '__class__'):\n        \
                 return super().__getattribute__(name)\n    \
             def fails(*args):\n        raise ValueError('no ' + name)\n    \
             return fails",
    );
    let all = call_all(&*agent);
    assert_eq!(all.len(), 44);
    for (method, value, error) in all {
        assert_eq!(value, failure_of(method), "{method}");
        let raised = error.unwrap().raised().unwrap().clone();
        assert_eq!((raised.kind.as_str(), raised.message), ("ValueError", format!("no {method}")));
    }
    assert!(application.loader().is_plugin_loaded("talks"));
}

/// What the log says of an agent that raises.
fn failures_are_logged() {
    let (application, agent) = loaded("def unbind(self, dev_id):\n    raise OSError('gone')");
    assert_eq!(agent.unbind("a").value, -1);
    let logged = application.logged(LogLevel::Error, "talks");
    assert!(
        logged[0].starts_with("Printer agent plugin 'talks': unbind failed: OSError: gone\nTraceback"),
        "{logged:?}"
    );
    // Methods that are not written are no news.
    assert!(!agent.check_cert().error.unwrap().to_string().is_empty());
    assert_eq!(application.logged(LogLevel::Error, "talks").len(), 1);
    assert_eq!(warnings(&application), [""; 0]);
}

/// 12.16, the second row.
fn an_agent_that_has_written_nothing() {
    let (_application, agent) = loaded("pass");
    let has_default = |method: &str| match method {
        "install_device_cert" => Some("()".to_owned()),
        "get_filament_sync_mode" | "get_camera_stream_mode" => Some("None".into()),
        "get_camera_url" => Some("\"\"".into()),
        "fetch_filament_info" => Some("false".into()),
        name if name.starts_with("command_ams_") || name == "command_start_camera" => Some("-7010".into()),
        _ => None,
    };
    for (method, value, error) in call_all(&*agent) {
        match has_default(method) {
            Some(default) => assert_eq!((value, error), (default, None), "{method}"),
            None => {
                assert_eq!(value, failure_of(method), "{method}");
                let error = error.unwrap().to_string();
                let sends = method.starts_with("command_");
                let missing = if sends { "send_message" } else { method };
                let expected = format!(
                    "Tried to call pure virtual function \"orca.printer_agent.PrinterAgentBase::{missing}\""
                );
                assert!(error.contains(&expected), "{error}");
            }
        }
    }
}

/// 12.16, the third row.
fn an_agent_that_answers_nonsense() {
    let (_application, agent) = loaded(
        "def __getattribute__(self, name):\n    \
             if name in ('get_name', 'get_type', 'on_load', 'on_unload', '__class__'):\n        \
                 return super().__getattribute__(name)\n    \
             return lambda *args: object()",
    );
    for (method, value, error) in call_all(&*agent) {
        assert_eq!(value, failure_of(method), "{method}");
        match method {
            "install_device_cert" => assert_eq!(error, None),
            _ => assert!(matches!(error, Some(CallError::WrongAnswer { .. })), "{method}: {error:?}"),
        }
    }
}

/// 12.16, the fourth row.
fn an_agent_that_works() {
    let (_application, agent) = loaded(
        "def connect_printer(self, params):\n    assert params.host == '10.0.0.1', params\n    return 7\n\n\
         def start_discovery(self, start, sending):\n    assert start is True and sending is False\n    return True\n\n\
         def get_user_selected_machine(self):\n    return 'machine'\n\n\
         def get_filament_sync_mode(self):\n    return orca.printer_agent.FilamentSyncMode.Pull\n\n\
         def get_camera_stream_mode(self):\n    return CameraStreamMode.HTTP_SNAPSHOT\n\n\
         def request_bind_ticket(self):\n    return (3, 'ticket')\n\n\
         def bind_detect(self, dev_ip, sec_link, detect):\n    \
             assert (dev_ip, sec_link, detect.dev_name) == ('ip', 'secure', 'before')\n    \
             detect.dev_name = 'größer'\n    detect.model_id = 'M1'\n    return 0\n\n\
         def get_agent_info(self):\n    return AgentInfo('id', 'name', version='1.0')",
    );
    let connection = PrinterConnectionParams { host: "10.0.0.1", ..Default::default() };
    assert_eq!(agent.connect_printer(&connection).into_result(), Ok(7));
    assert_eq!(agent.start_discovery(true, false).into_result(), Ok(true));
    assert_eq!(agent.get_user_selected_machine().into_result().unwrap(), "machine");
    assert_eq!(agent.get_filament_sync_mode().into_result(), Ok(FilamentSyncMode::Pull));
    assert_eq!(agent.get_camera_stream_mode().into_result(), Ok(CameraStreamMode::HttpSnapshot));
    assert_eq!(agent.request_bind_ticket().into_result().unwrap(), (3, "ticket".into()));
    let mut detect = DetectResult { dev_name: "before".into(), version: "kept".into(), ..Default::default() };
    assert_eq!(agent.bind_detect("ip", "secure", &mut detect).into_result(), Ok(0));
    assert_eq!((&*detect.dev_name, &*detect.model_id, &*detect.version), ("größer", "M1", "kept"));
    let info =
        AgentInfo { id: "id".into(), name: "name".into(), version: "1.0".into(), description: String::new() };
    assert_eq!(agent.get_agent_info().into_result().unwrap(), info);
}

/// Answers are taken as C++ would take them.
fn answers_are_converted() {
    let (_application, agent) = loaded(
        "def start_discovery(self, start, sending):\n    return [None, 1, 0.0, 'yes'][start + 2 * sending]\n\n\
         def get_user_selected_machine(self):\n    return 'größer'.encode()\n\n\
         def set_user_selected_machine(self, dev_id):\n    return {'true': True, 'big': 2 ** 40, 'float': 1.0, 'enum': FilamentSyncMode.Pull, 'none': None}[dev_id]\n\n\
         def request_bind_ticket(self):\n    return [4, b'list']\n\n\
         def get_camera_url(self):\n    return b'\\xff'\n\n\
         def get_filament_sync_mode(self):\n    return CameraStreamMode.HTTPS\n\n\
         def get_agent_info(self):\n    return DetectResult()",
    );
    for (start, sending, expected) in
        [(false, false, Ok(false)), (true, false, Ok(true)), (false, true, Ok(false))]
    {
        assert_eq!(agent.start_discovery(start, sending).into_result(), expected);
    }
    assert!(agent.start_discovery(true, true).error.is_some());
    assert_eq!(agent.get_user_selected_machine().into_result().unwrap(), "größer");
    for (given, expected) in [("true", 1), ("enum", 2)] {
        assert_eq!(agent.set_user_selected_machine(given).into_result(), Ok(expected));
    }
    for given in ["big", "float", "none"] {
        let answered = agent.set_user_selected_machine(given);
        assert_eq!(answered.value, -1, "{given}");
        assert!(matches!(answered.error, Some(CallError::WrongAnswer { .. })), "{given}");
    }
    assert_eq!(agent.request_bind_ticket().into_result().unwrap(), (4, "list".into()));
    assert!(agent.get_camera_url().error.is_some());
    assert_eq!(agent.get_filament_sync_mode().value, FilamentSyncMode::None);
    let error = agent.get_agent_info().error.unwrap().to_string();
    assert!(error.contains("must return AgentInfo"), "{error}");
}

/// Which generation a method follows is told from its signature.
fn both_generations() {
    let older = "def connect_printer(self, dev_id, dev_ip, username, password, use_ssl):\n    \
             assert (dev_id, dev_ip, username, password, use_ssl) == ('d', 'h', 'u', 'p', True)\n    return 5\n\n\
         def bind(self, dev_ip, dev_id, sec_link, timezone, improved, update_fn):\n    \
             assert (dev_ip, dev_id, sec_link, timezone, improved) == ('ip', 'id', 'sec', 'CET', True)\n    \
             update_fn(1, 0, 'bound')\n    return 6\n\n\
         def fetch_filament_info(self, dev_id):\n    return dev_id == 'd'";
    let newest = "def connect_printer(self, params):\n    \
             assert (params.port, params.ca_file) == ('8883', 'ca.pem')\n    self.params = params\n    return 5\n\n\
         def bind(self, dev_ip, dev_id, dev_model, sec_link, timezone, improved, update_fn):\n    \
             assert dev_model == 'model' and self.params.dev_id == 'd'\n    update_fn(1, 0, 'bound')\n    return 6\n\n\
         def fetch_filament_info(self, dev_id, sync_mode=FilamentSyncMode.Pull):\n    return sync_mode is FilamentSyncMode.Subscription";
    let guarded = "def connect_printer(self, *args):\n    return len(args)\n\n\
         def bind(self, dev_ip, dev_id, sec_link, timezone, improved, update_fn=None, more=None):\n    \
             update_fn = update_fn if callable(update_fn) else more\n    update_fn(1, 0, 'bound')\n    return 6\n\n\
         def fetch_filament_info(self, dev_id, **more):\n    return True";
    for (methods, connected) in [(older, 5), (newest, 5), (guarded, 1)] {
        let (application, agent) = loaded(methods);
        let connection = PrinterConnectionParams {
            dev_id: "d",
            host: "h",
            port: "8883",
            username: "u",
            password: "p",
            use_ssl: true,
            ca_file: "ca.pem",
        };
        assert_eq!(agent.connect_printer(&connection).into_result(), Ok(connected));
        let told = Arc::new(Mutex::new(Vec::new()));
        let keep = told.clone();
        let update =
            UpdateFn::new(move |status, code, msg| keep.lock().unwrap().push((status, code, msg.to_owned())));
        assert_eq!(agent.bind("ip", "id", "model", "sec", "CET", true, Some(&update)).into_result(), Ok(6));
        assert_eq!(*told.lock().unwrap(), [(1, 0, "bound".to_owned())]);
        assert_eq!(agent.fetch_filament_info("d", FilamentSyncMode::Subscription).into_result(), Ok(true));
        assert_eq!(warnings(&application), [""; 0]);
        application.manager.shutdown().unwrap();
    }
}

fn a_method_of_no_generation_is_told_of_at_load() {
    let (application, agent) = loaded("def connect_printer(self, host, port):\n    return 0");
    let warned = warnings(&application);
    assert!(warned[0].contains("write it as `connect_printer(self, params)`"), "{warned:?}");
    let answered = agent.connect_printer(&PrinterConnectionParams::default());
    assert_eq!((answered.value, answered.error.unwrap().raised().unwrap().kind.as_str()), (-1, "TypeError"));
}

/// What a job is given, and when its functions are over.
fn functions_of_a_job() {
    let (_application, agent) = loaded(
        "def start_print(self, params, update_fn, cancel_fn, wait_fn):\n    \
             assert (params.filename, params.plate_index, params.task_use_ams) == ('a.3mf', 2, True)\n    \
             self.kept = update_fn, cancel_fn, wait_fn\n    \
             def work():\n        update_fn(1, 0, 'from a thread')\n    \
             thread = threading.Thread(target=work)\n    thread.start()\n    thread.join()\n    \
             assert cancel_fn() is False and wait_fn(3, 'job') is True\n    \
             assert update_fn(2, 0, 'größer') is None\n    \
             for wrong in ((), (1, 2), ('1', 0, ''), (1, 0, 5), (2 ** 40, 0, ''), (None, 0, '')):\n        \
                 try:\n            update_fn(*wrong)\n        except (TypeError, OverflowError) as error:\n            print('refused', error)\n        else:\n            raise AssertionError(wrong)\n    \
             assert 'update_fn(status, code, msg)' in repr(update_fn) and update_fn.__doc__\n    return 0\n\n\
         def start_local_print(self, params, update_fn, cancel_fn):\n    \
             assert update_fn is None and cancel_fn is None and params.project_name == 'verify_job'\n    return 0\n\n\
         def check_cert(self):\n    update_fn, cancel_fn, wait_fn = self.kept\n    \
             assert cancel_fn() is True and wait_fn(0, '') is False and 'over' in repr(update_fn)\n    \
             update_fn(9, 9, 'late')",
    );
    let told = Arc::new(Mutex::new(Vec::new()));
    let keep = told.clone();
    let update =
        UpdateFn::new(move |status, code, msg| keep.lock().unwrap().push((status, code, msg.to_owned())));
    let params = PrintParams { filename: "a.3mf", plate_index: 2, task_use_ams: true, ..Default::default() };
    let wait = WaitFn::new(|status, info| (status, info) == (3, "job"));
    let printed = agent.start_print(&params, Some(&update), Some(&CancelFn::new(|| false)), Some(&wait));
    assert_eq!(printed.into_result(), Ok(0));
    assert_eq!(*told.lock().unwrap(), [(1, 0, "from a thread".to_owned()), (2, 0, "größer".to_owned())]);
    let params = PrintParams { project_name: "verify_job", ..Default::default() };
    assert_eq!(agent.start_local_print(&params, None, None).into_result(), Ok(0));
    let error = agent.check_cert().error.unwrap().to_string();
    assert!(error.contains("update_fn() is only available during the call that it was given for"), "{error}");
    assert_eq!(told.lock().unwrap().len(), 2);
}

/// An application that fails in its own function.
fn a_function_that_panics() {
    let (application, agent) = loaded(
        "def start_local_print(self, params, update_fn, cancel_fn):\n    \
             try:\n        update_fn(1, 0, '')\n    except RuntimeError as error:\n        print('told', error)\n    return 0",
    );
    std::panic::set_hook(Box::new(|_| {}));
    let update = UpdateFn::new(|_, _, _| panic!("the window is gone"));
    assert_eq!(agent.start_local_print(&PrintParams::default(), Some(&update), None).into_result(), Ok(0));
    assert!(
        application
            .printed()
            .contains("told The application failed to answer `update_fn`: the window is gone")
    );
}

/// Functions that stay, from any thread, until the plugin goes.
fn functions_that_stay() {
    let (application, agent) = loaded(
        "def set_on_message_fn(self, fn):\n    self.message = fn\n    return 0\n\n\
         def set_on_ssdp_msg_fn(self, fn):\n    fn('{\"dev_id\": \"1\"}')\n    return 0\n\n\
         def get_hms_snapshot(self, dev_id, file_name, callback):\n    \
             threading.Thread(target=callback, args=('body of ' + file_name, 200)).start()\n    return 0\n\n\
         def check_cert(self):\n    self.message('dev', 'later')\n    return 0\n\n\
         def on_unload(self):\n    \
             import sys\n    self.message('dev', 'last')\n    sys.kept = self.message",
    );
    let told = Arc::new(Mutex::new(Vec::new()));
    let keep = told.clone();
    let message = MessageFn::new(move |dev_id, msg| keep.lock().unwrap().push(format!("{dev_id} {msg}")));
    assert_eq!(agent.set_on_message_fn(Some(&message)).into_result(), Ok(0));
    let keep = told.clone();
    let found = SsdpFn::new(move |json| keep.lock().unwrap().push(json.to_owned()));
    assert_eq!(agent.set_on_ssdp_msg_fn(Some(&found)).into_result(), Ok(0));
    let keep = told.clone();
    let picture = SnapshotFn::new(move |body, status| keep.lock().unwrap().push(format!("{body} {status}")));
    assert_eq!(agent.get_hms_snapshot("d", "a.png", Some(&picture)).into_result(), Ok(0));
    patiently("the picture comes", || told.lock().unwrap().iter().any(|text| text == "body of a.png 200"));
    assert_eq!(agent.check_cert().into_result(), Ok(0));
    application.loader().unload_plugin("talks").unwrap();
    assert_eq!(*told.lock().unwrap(), ["{\"dev_id\": \"1\"}", "body of a.png 200", "dev later", "dev last"]);
    let late = eval("(lambda call: (call(), ''))(lambda: None) and __import__('sys').kept.__name__");
    assert_eq!(late, "message_fn");
    let raised = matriline::python::Interpreter::with(|py| {
        use pyo3::prelude::*;
        py.import("sys").unwrap().getattr("kept").unwrap().call1(("dev", "too late")).unwrap_err().to_string()
    });
    assert!(raised.unwrap().contains("message_fn() is no longer available: the plugin is unloaded"));
    assert_eq!(told.lock().unwrap().len(), 4);
    let answered = agent.check_cert();
    assert!(matches!(answered.error, Some(CallError::Unloaded(_))));
    assert_eq!(answered.value, -1);
}

/// What an agent wants done on the main thread.
fn tasks_for_the_main_thread() {
    let (application, agent) = loaded(
        "def set_queue_on_main_fn(self, fn):\n    self.queue = fn\n    return 0\n\n\
         def check_cert(self):\n    \
             self.queue(lambda: print('done as', orca.host_features is not None))\n    \
             self.queue(lambda: 1 / 0)\n    self.queue(lambda: print('never'))\n    \
             try:\n        self.queue('no function')\n    except TypeError as error:\n        print(error)\n    return 0",
    );
    let tasks: Arc<Mutex<Vec<Task>>> = Arc::default();
    let keep = tasks.clone();
    let queue = QueueOnMainFn::new(move |task| keep.lock().unwrap().push(task.clone()));
    assert_eq!(agent.set_queue_on_main_fn(Some(&queue)).into_result(), Ok(0));
    assert_eq!(agent.check_cert().into_result(), Ok(0));
    let tasks = std::mem::take(&mut *tasks.lock().unwrap());
    tasks[0].run();
    tasks[0].run();
    tasks[1].run();
    let printed = application.printed();
    assert_eq!(printed.matches("done as True").count(), 1, "{printed}");
    assert!(printed.contains("task must be a function, not str"), "{printed}");
    assert!(application.logged(LogLevel::Error, "talks")[0].contains("ZeroDivisionError"));
    application.loader().unload_plugin("talks").unwrap();
    tasks[2].run();
    drop(tasks);
    assert!(!application.printed().contains("never"));
}

/// Commands that an agent has not written go as G-code through its messages.
fn commands_as_gcode() {
    let (_application, agent) = loaded(
        "def send_message(self, dev_id, json_str, qos, flag):\n    self.sent = 'cloud', dev_id, json_str, qos, flag\n    return 0\n\n\
         def send_message_to_printer(self, dev_id, json_str, qos, flag):\n    self.sent = 'lan', dev_id, json_str, qos, flag\n    return 3\n\n\
         def get_camera_url(self):\n    return ' '.join(map(str, self.sent))",
    );
    let gcode = |way: &str, param: &str| {
        let json =
            serde_json::json!({"print": {"command": "gcode_line", "param": param, "sequence_id": "9"}});
        format!("{way} dev {json} 0 0")
    };
    let check = |answered: Answered<i32>, code: i32, sent: String| {
        assert_eq!(answered.into_result(), Ok(code));
        assert_eq!(agent.get_camera_url().into_result().unwrap(), sent);
    };
    check(agent.command_xyz_abs("dev", "9", false), 0, gcode("cloud", "G90\n"));
    check(agent.command_auto_leveling("dev", "9", true), 3, gcode("lan", "G29\n"));
    check(agent.command_go_home("dev", false, false, "9", true), 3, gcode("lan", "G28\n"));
    check(agent.command_go_home("dev", true, false, "9", true), 3, gcode("lan", "G28 X\n"));
    check(agent.command_set_bed("dev", 60, false, "9", true), 3, gcode("lan", "M140 S60\n"));
    check(agent.command_set_nozzle("dev", 210, "9", true), 3, gcode("lan", "M104 S210\n"));
    check(
        agent.command_axis_control("dev", "Z", 1.0, 10.0, 900, true, false, "9", true),
        3,
        gcode("lan", "G91\nG1 Z10.0 F900\nG90\n"),
    );
    let home = serde_json::json!({"print": {"command": "back_to_center", "sequence_id": "9"}});
    check(agent.command_go_home("dev", true, true, "9", true), 3, format!("lan dev {home} 0 0"));
    let bed = serde_json::json!({"print": {"command": "set_bed_temp", "temp": 60, "sequence_id": "9"}});
    check(agent.command_set_bed("dev", 60, true, "9", true), 3, format!("lan dev {bed} 0 0"));
    let other = agent.command_axis_control("dev", "A", 1.0, 10.0, 900, true, false, "9", true);
    assert_eq!(other.into_result(), Ok(-1));
    assert_eq!(agent.command_start_camera("dev").into_result(), Ok(-7010));
}

/// The data types, as plugins make and change them.
fn data_types() {
    let (application, _agent) = loaded(
        "def on_load(self):\n    \
             assert self.get_type() is orca.PluginType.PrinterConnection\n    \
             assert list(FilamentSyncMode.__members__) == ['None_', 'Subscription', 'Pull']\n    \
             assert list(CameraStreamMode.__members__) == ['None_', 'HTTP', 'HTTPS', 'HTTP_SNAPSHOT', 'RTSP']\n    \
             assert [int(mode) for mode in (FilamentSyncMode.Pull, CameraStreamMode.RTSP)] == [2, 4]\n    \
             assert orca.printer_agent.None_ is FilamentSyncMode.None_ and orca.printer_agent.RTSP is CameraStreamMode.RTSP\n    \
             info = AgentInfo()\n    assert (info.id, info.name, info.version, info.description) == ('',) * 4\n    \
             info = AgentInfo('a', 'b', 'c', 'd')\n    assert (info.id, info.name, info.version, info.description) == tuple('abcd')\n    \
             info = AgentInfo(id='a', description=b'd')\n    info.name = 'x'\n    \
             assert repr(info) == \"<orca.printer_agent.AgentInfo id='a' name='x' description='d'>\", repr(info)\n    \
             for args, named in ((('a',) * 5, {}), ((), {'uuid': ''}), (('a',), {'id': 'b'}), ((5,), {})):\n        \
                 try:\n            AgentInfo(*args, **named)\n        except TypeError as error:\n            print('refused', error)\n        else:\n            raise AssertionError((args, named))\n    \
             params = PrintParams()\n    assert params.plate_index == 0 and params.task_use_ams is False and params.filename == ''\n    \
             params.plate_index, params.task_use_ams, params.password = True, 1, 'secret'\n    \
             assert params.plate_index == 1 and params.task_use_ams is True\n    \
             assert 'secret' not in repr(params) and 'password=***' in repr(params), repr(params)\n    \
             for name, value in (('plate_index', 'x'), ('plate_index', 2 ** 70), ('plate_index', 1.0), ('task_use_ams', 'x'), ('filename', 1)):\n        \
                 try:\n            setattr(params, name, value)\n        except (TypeError, OverflowError) as error:\n            print('refused', error)\n        else:\n            raise AssertionError((name, value))\n    \
             assert PrinterConnectionParams().use_ssl is False and DetectResult().bind_state == ''\n    \
             class Own(AgentInfo):\n        pass\n    assert Own('a').id == 'a' and 'AgentInfo' not in repr(Own())",
    );
    assert_eq!(application.printed().matches("refused").count(), 9);
}

process_tests!(
    an_agent_that_always_raises,
    failures_are_logged,
    an_agent_that_has_written_nothing,
    an_agent_that_answers_nonsense,
    an_agent_that_works,
    answers_are_converted,
    both_generations,
    a_method_of_no_generation_is_told_of_at_load,
    functions_of_a_job,
    a_function_that_panics,
    functions_that_stay,
    tasks_for_the_main_thread,
    commands_as_gcode,
    data_types,
);

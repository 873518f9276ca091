"""What capabilities of the type `printer-connection` need.

An agent need not write every method: one that it has not written answers as a call that fails, -1
for a code, False, an empty text, the first member of an enumeration.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Final

from typing_extensions import Self, disjoint_base

from orca import PythonPluginBase, _Member

# table: values
class FilamentSyncMode(_Member):
    """How the filaments of a printer are learnt."""

    None_: ClassVar[FilamentSyncMode]
    Subscription: ClassVar[FilamentSyncMode]
    Pull: ClassVar[FilamentSyncMode]
    __members__: ClassVar[dict[str, FilamentSyncMode]]

class CameraStreamMode(_Member):
    """How the picture of a printer's camera comes."""

    None_: ClassVar[CameraStreamMode]
    HTTP: ClassVar[CameraStreamMode]
    HTTPS: ClassVar[CameraStreamMode]
    HTTP_SNAPSHOT: ClassVar[CameraStreamMode]
    RTSP: ClassVar[CameraStreamMode]
    __members__: ClassVar[dict[str, CameraStreamMode]]

None_: Final[FilamentSyncMode]
Subscription: Final[FilamentSyncMode]
Pull: Final[FilamentSyncMode]
HTTP: Final[CameraStreamMode]
HTTPS: Final[CameraStreamMode]
HTTP_SNAPSHOT: Final[CameraStreamMode]
RTSP: Final[CameraStreamMode]

@disjoint_base
class AgentInfo:
    """What an agent says of itself."""

    def __new__(
        cls,
        id: str = "",
        name: str = "",
        version: str = "",
        description: str = "",
    ) -> Self: ...

    id: str
    """What presets call it; no two agents have the same."""

    name: str
    """What the user reads."""

    version: str
    """Its version."""

    description: str
    """What it is for."""

@disjoint_base
class DetectResult:
    """What an agent finds out of a printer, to be filled in."""

    result_msg: str
    """How it went."""

    command: str
    """The command that was sent."""

    dev_id: str
    """The printer."""

    model_id: str
    """Its model."""

    dev_name: str
    """Its name."""

    version: str
    """The version of its software."""

    bind_state: str
    """Whether it is bound: `free`, `occupied`."""

    connect_type: str
    """How it is connected: `lan`, `cloud`, `farm`."""

@disjoint_base
class PrinterConnectionParams:
    """Where a printer is, and how to be let in."""

    dev_id: str
    """The printer."""

    host: str
    """Its address, without a scheme before it."""

    port: str
    """Its port; empty for the usual one."""

    username: str
    """The user; empty for most printers."""

    password: str
    """The access code."""

    use_ssl: bool
    """Whether the connection is encrypted."""

    ca_file: str
    """The file with the certificate that the printer's is checked with; empty for those of the
    system."""

@disjoint_base
class PrintParams:
    """What is to be printed or uploaded, and how."""

    dev_id: str
    """The printer."""

    task_name: str
    """The name of the job."""

    project_name: str
    """The project; `verify_job` for the upload that only checks the connection."""

    preset_name: str
    """The preset of the printer."""

    filename: str
    """The file that is sent."""

    config_filename: str
    """The file with the configuration."""

    ftp_folder: str
    """The folder on the printer."""

    ftp_file: str
    """The file on the printer."""

    ftp_file_md5: str
    """The MD5 sum of that."""

    nozzle_mapping: str
    """Which nozzle takes which filament."""

    ams_mapping: str
    """Which tray gives which filament, a JSON array."""

    ams_mapping2: str
    """The same with units and slots."""

    ams_mapping_info: str
    """What is to be known of those filaments."""

    nozzles_info: str
    """What is to be known of the nozzles."""

    connection_type: str
    """How the printer is connected: `lan`, `cloud`."""

    comments: str
    """A remark."""

    origin_model_id: str
    """The model it was made of."""

    print_type: str
    """Where the job comes from."""

    dst_file: str
    """Where the file goes."""

    dev_name: str
    """The name of the printer."""

    dev_ip: str
    """The address of the printer."""

    username: str
    """The user."""

    password: str
    """The access code."""

    task_bed_type: str
    """The plate that lies on the bed."""

    extra_options: str
    """More options, as JSON."""

    plate_index: int
    """The plate of the project, from 1."""

    origin_profile_id: int
    """The profile it was made with."""

    stl_design_id: int
    """The design it was made of."""

    auto_bed_leveling: int
    """Whether the bed is levelled: 0 for no, 1 for yes, 2 for as the printer thinks."""

    auto_flow_cali: int
    """Whether the flow is calibrated, in the same way."""

    auto_offset_cali: int
    """Whether the offset of the nozzles is calibrated, in the same way."""

    use_ssl_for_ftp: bool
    """Whether the file goes over an encrypted connection."""

    use_ssl_for_mqtt: bool
    """Whether messages go over an encrypted connection."""

    task_bed_leveling: bool
    """Whether the bed is levelled first."""

    task_flow_cali: bool
    """Whether the flow is calibrated first."""

    task_vibration_cali: bool
    """Whether vibrations are calibrated first."""

    task_layer_inspect: bool
    """Whether the first layer is inspected."""

    task_record_timelapse: bool
    """Whether a time-lapse is recorded."""

    task_use_ams: bool
    """Whether filament comes from the changer."""

    task_ext_change_assist: bool
    """Whether an outer changer helps."""

    try_emmc_print: bool
    """Whether the printer's own memory is tried first."""
# table end

# table: base
class PrinterAgentBase(PythonPluginBase):
    """Talks to printers: finds them, connects to them, prints on them."""

    @abstractmethod
    def get_agent_info(self) -> AgentInfo:
        """Says what the agent is. An empty id means that it is none. To be written.

        Thread: the thread of the user interface."""

    # Older plugins: connect_printer(self, dev_id, host, username, password, use_ssl)
    def connect_printer(self, params: PrinterConnectionParams) -> int:
        """Connects to a printer. The function of `set_on_local_connect_fn` is told how it went.
        To be written.

        Thread: the thread of the user interface."""

    def disconnect_printer(self) -> int:
        """Ends the connection. To be written.

        Thread: the thread of the user interface."""

    def send_message(self, dev_id: str, json_str: str, qos: int, flag: int) -> int:
        """Sends a message through the cloud. To be written.

        Thread: any."""

    def send_message_to_printer(self, dev_id: str, json_str: str, qos: int, flag: int) -> int:
        """Sends a message to the printer that is connected. To be written.

        Thread: any."""

    def start_discovery(self, start: bool, sending: bool) -> bool:
        """Begins or ends the search for printers. The function of `set_on_ssdp_msg_fn` is told
        of each. To be written.

        Thread: the thread of the user interface."""

    def bind_detect(self, dev_ip: str, sec_link: str, detect: DetectResult) -> int:
        """Asks a printer what it is, and fills `detect` in. To be written.

        Thread: any."""

    def get_user_selected_machine(self) -> str:
        """The printer that is selected; empty for none. To be written.

        Thread: the thread of the user interface."""

    def set_user_selected_machine(self, dev_id: str) -> int:
        """Selects a printer; an empty text selects none. To be written.

        Thread: the thread of the user interface."""

    def start_send_gcode_to_sdcard(
        self,
        params: PrintParams,
        update_fn: Callable[[int, int, str], None] | None,
        cancel_fn: Callable[[], bool] | None,
        wait_fn: Callable[[int, str], bool] | None,
    ) -> int:
        """Uploads a file and does not print it. To be written.

        Thread: the thread of a job."""

    def start_local_print(
        self,
        params: PrintParams,
        update_fn: Callable[[int, int, str], None] | None,
        cancel_fn: Callable[[], bool] | None,
    ) -> int:
        """Prints over the local network. To be written.

        Thread: the thread of a job."""

    def start_print(
        self,
        params: PrintParams,
        update_fn: Callable[[int, int, str], None] | None,
        cancel_fn: Callable[[], bool] | None,
        wait_fn: Callable[[int, str], bool] | None,
    ) -> int:
        """Prints through the cloud. To be written.

        Thread: the thread of a job."""

    def start_local_print_with_record(
        self,
        params: PrintParams,
        update_fn: Callable[[int, int, str], None] | None,
        cancel_fn: Callable[[], bool] | None,
        wait_fn: Callable[[int, str], bool] | None,
    ) -> int:
        """Prints over the local network, and has the cloud note it. To be written.

        Thread: the thread of a job."""

    def start_sdcard_print(
        self,
        params: PrintParams,
        update_fn: Callable[[int, int, str], None] | None,
        cancel_fn: Callable[[], bool] | None,
    ) -> int:
        """Prints a file that the printer has. To be written.

        Thread: the thread of a job."""

    def check_cert(self) -> int:
        """Checks the certificate of the printer. To be written.

        Thread: any."""

    def install_device_cert(self, dev_id: str, lan_only: bool) -> None:
        """Installs a certificate on the printer.

        Thread: any."""

    def ping_bind(self, code: str) -> int:
        """Says whether a printer can be bound with that code. To be written.

        Thread: any."""

    # Older plugins: bind(self, dev_ip, dev_id, sec_link, timezone, improved, update_fn)
    def bind(
        self,
        dev_ip: str,
        dev_id: str,
        dev_model: str,
        sec_link: str,
        timezone: str,
        improved: bool,
        update_fn: Callable[[int, int, str], None] | None,
    ) -> int:
        """Binds a printer to the user. To be written.

        Thread: the thread of a job."""

    def unbind(self, dev_id: str) -> int:
        """Ends the binding of a printer. To be written.

        Thread: any."""

    def request_bind_ticket(self) -> tuple[int, str]:
        """Asks for a ticket to bind printers with. To be written.

        Thread: any."""

    def set_server_callback(self, server_fn: Callable[[str, int], None] | None) -> int:
        """Takes the function that is told of answers of a server; `None` for no more. To be
        written.

        Thread: the thread of the user interface."""

    def set_on_ssdp_msg_fn(self, ssdp_fn: Callable[[str], None] | None) -> int:
        """Takes the function that is told of printers that were found; `None` for no more. To be
        written.

        Thread: the thread of the user interface."""

    def set_on_printer_connected_fn(self, topic_fn: Callable[[str], None] | None) -> int:
        """Takes the function that is told of printers that are connected through the cloud;
        `None` for no more. To be written.

        Thread: the thread of the user interface."""

    def set_on_subscribe_failure_fn(self, topic_fn: Callable[[str], None] | None) -> int:
        """Takes the function that is told of printers that cannot be subscribed to; `None` for
        no more. To be written.

        Thread: the thread of the user interface."""

    def set_on_message_fn(self, message_fn: Callable[[str, str], None] | None) -> int:
        """Takes the function that is given messages that come through the cloud; `None` for no
        more. To be written.

        Thread: the thread of the user interface."""

    def set_on_user_message_fn(self, user_message_fn: Callable[[str, str], None] | None) -> int:
        """Takes the function that is given messages for the user; `None` for no more. To be
        written.

        Thread: the thread of the user interface."""

    def set_on_local_connect_fn(
        self,
        local_connect_fn: Callable[[int, str, str], None] | None,
    ) -> int:
        """Takes the function that is told how the connection stands; `None` for no more. To be
        written.

        Thread: the thread of the user interface."""

    def set_on_local_message_fn(self, message_fn: Callable[[str, str], None] | None) -> int:
        """Takes the function that is given messages of the printer that is connected; `None` for
        no more. To be written.

        Thread: the thread of the user interface."""

    def set_queue_on_main_fn(
        self,
        queue_on_main_fn: Callable[[Callable[[], object]], None] | None,
    ) -> int:
        """Takes the function that has something done on the main thread; `None` for no more. To
        be written.

        Thread: the thread of the user interface."""

    def get_filament_sync_mode(self) -> FilamentSyncMode:
        """How the filaments of the printer are learnt.

        Thread: the thread of the user interface."""

    # Older plugins: fetch_filament_info(self, dev_id)
    def fetch_filament_info(self, dev_id: str, sync_mode: FilamentSyncMode) -> bool:
        """Has the printer tell of its filaments.

        Thread: any."""

    def command_ams_refresh_rfid(
        self,
        dev_id: str,
        ams_id: int,
        slot_id: int,
        sequence_id: str,
        lan_mode: bool,
    ) -> int:
        """Has the tag of a spool read again.

        Thread: the thread of the user interface."""

    def command_ams_calibrate(
        self,
        dev_id: str,
        ams_id: int,
        sequence_id: str,
        lan_mode: bool,
    ) -> int:
        """Has a unit of the changer calibrated.

        Thread: the thread of the user interface."""

    def command_ams_select_tray(
        self,
        dev_id: str,
        tray_id: str,
        sequence_id: str,
        lan_mode: bool,
    ) -> int:
        """Selects a tray of the changer.

        Thread: the thread of the user interface."""

    def command_start_camera(self, dev_id: str) -> int:
        """Switches the camera on.

        Thread: the thread of the user interface."""

    def command_xyz_abs(self, dev_id: str, sequence_id: str, lan_mode: bool) -> int:
        """Has coordinates taken as absolute.

        Thread: the thread of the user interface."""

    def command_auto_leveling(self, dev_id: str, sequence_id: str, lan_mode: bool) -> int:
        """Has the bed levelled.

        Thread: the thread of the user interface."""

    def command_go_home(
        self,
        dev_id: str,
        is_printing: bool,
        supports_mqtt_homing: bool,
        sequence_id: str,
        lan_mode: bool,
    ) -> int:
        """Has the axes moved to where they begin; while it prints the X axis alone.

        Thread: the thread of the user interface."""

    def command_set_bed(
        self,
        dev_id: str,
        temp: int,
        supports_mqtt_bed_ctrl: bool,
        sequence_id: str,
        lan_mode: bool,
    ) -> int:
        """Has the bed heated to so many degrees.

        Thread: the thread of the user interface."""

    def command_set_nozzle(self, dev_id: str, temp: int, sequence_id: str, lan_mode: bool) -> int:
        """Has the nozzle heated to so many degrees.

        Thread: the thread of the user interface."""

    def command_axis_control(
        self,
        dev_id: str,
        axis: str,
        unit: float,
        input_val: float,
        speed: int,
        is_core_xy: bool,
        supports_mqtt_axis_control: bool,
        sequence_id: str,
        lan_mode: bool,
    ) -> int:
        """Has an axis moved: `X`, `Y`, `Z` or `E`, by `unit` times `input_val` millimetres, so
        fast in millimetres per minute.

        Thread: the thread of the user interface."""

    def get_camera_stream_mode(self) -> CameraStreamMode:
        """How the picture of the camera comes.

        Thread: the thread of the user interface."""

    def get_camera_url(self) -> str:
        """Where the picture of the camera comes from; empty for nowhere.

        Thread: the thread of the user interface."""

    def get_hms_snapshot(
        self,
        dev_id: str,
        file_name: str,
        callback: Callable[[str, int], None] | None,
    ) -> int:
        """Asks the printer for a picture of what it reports; the function is given it. To be
        written.

        Thread: any."""
# table end

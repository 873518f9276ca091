//! A printer that listens on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// A printer that listens on this machine: it is found over UDP, and takes lines of JSON over TCP.
///
/// | request | answer | |
/// |---|---|---|
/// | `{"hello": code}` | `{"ok": whether the code is right}` | nothing else is answered before |
/// | `{"upload": name, "size": n}` and n bytes | `{"ok": true}` | |
/// | `{"print": name}` | `{"ok": whether the file is there}` | before it the messages `{"progress": percent}` |
/// | anything else | `{"ok": true}` | kept as a command |
pub struct PrinterSimulator {
    state: Arc<Mutex<State>>,
    printer: SocketAddr,
    discovery: SocketAddr,
}

#[derive(Default)]
struct State {
    code: String,
    files: Vec<(String, Vec<u8>)>,
    printed: Vec<String>,
    commands: Vec<Value>,
    connections: Vec<TcpStream>,
}

impl PrinterSimulator {
    /// A printer with that access code, on free ports. Its threads end with the process.
    pub fn start(code: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("A port is free");
        let udp = UdpSocket::bind("127.0.0.1:0").expect("A port is free");
        let (printer, discovery) = (address(listener.local_addr()), address(udp.local_addr()));
        let state = Arc::new(Mutex::new(State { code: code.into(), ..State::default() }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        std::thread::spawn(move || answer_searches(&udp, printer));
        Self { state, printer, discovery }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.printer
    }

    /// Where it is found: a datagram to this port is answered with its name and address.
    pub fn discovery_port(&self) -> u16 {
        self.discovery.port()
    }

    /// The files it was sent.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.look(|state| state.files.clone())
    }

    /// The names of the files it has printed.
    pub fn printed(&self) -> Vec<String> {
        self.look(|state| state.printed.clone())
    }

    /// Other requests.
    pub fn commands(&self) -> Vec<Value> {
        self.look(|state| state.commands.clone())
    }

    /// How many are connected.
    pub fn connections(&self) -> usize {
        self.look(|state| state.connections.len())
    }

    /// Pulls the plug: every connection ends.
    pub fn unplug(&self) {
        for connection in self.look(|state| std::mem::take(&mut state.connections)) {
            // One that has ended already is as good.
            let _ = connection.shutdown(std::net::Shutdown::Both);
        }
    }

    fn look<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        look(&mut self.state.lock().expect("No test holds the lock when it panics"))
    }
}

fn address(address: std::io::Result<SocketAddr>) -> SocketAddr {
    address.expect("A socket that is bound has an address")
}

fn answer_searches(udp: &UdpSocket, printer: SocketAddr) {
    let mut question = [0; 64];
    while let Ok((_, asks)) = udp.recv_from(&mut question) {
        let found = json!({
            "dev_id": "loopback-1",
            "dev_name": "Loopback",
            "dev_ip": printer.ip().to_string(),
            "dev_port": printer.port(),
            "dev_type": "simulator",
            "dev_signal": "0",
        });
        // Who asks may be gone.
        let _ = udp.send_to(found.to_string().as_bytes(), asks);
    }
}

/// Serves one connection until it ends.
fn serve(stream: TcpStream, state: &Mutex<State>) {
    let address = stream.peer_addr().ok();
    // A connection that breaks has ended.
    let _ = converse(stream, state);
    let mut state = state.lock().expect("No test holds the lock when it panics");
    state.connections.retain(|other| other.peer_addr().ok() != address);
}

fn converse(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    let mut say = |said: Value| writer.write_all(format!("{said}\n").as_bytes());
    let look = || state.lock().expect("No test holds the lock when it panics");
    let (mut line, mut is_known) = (String::new(), false);
    while reader.read_line(&mut line)? > 0 {
        let request: Value = serde_json::from_str(&line).unwrap_or_default();
        line.clear();
        if let Some(code) = request["hello"].as_str() {
            is_known = code == look().code;
            if is_known {
                let connection = reader.get_ref().try_clone()?;
                look().connections.push(connection);
            }
            say(json!({ "ok": is_known }))?;
        } else if !is_known {
            say(json!({ "ok": false }))?;
        } else if let Some(name) = request["upload"].as_str() {
            let mut file = Vec::new();
            reader.by_ref().take(request["size"].as_u64().unwrap_or(0)).read_to_end(&mut file)?;
            look().files.push((name.into(), file));
            say(json!({ "ok": true }))?;
        } else if let Some(name) = request["print"].as_str() {
            let is_there = look().files.iter().any(|(file, _)| file == name);
            if is_there {
                for percent in [50, 100] {
                    say(json!({ "progress": percent }))?;
                    std::thread::sleep(Duration::from_millis(5));
                }
                look().printed.push(name.into());
            }
            say(json!({ "ok": is_there }))?;
        } else {
            look().commands.push(request);
            say(json!({ "ok": true }))?;
        }
    }
    Ok(())
}

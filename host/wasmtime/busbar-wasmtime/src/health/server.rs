use super::place::{HealthPlace, LOOPBACK, socket_address};
use super::report::HealthReport;
use crate::output::json_text;
use busbar_command::exit::Failure;
use busbar_host::error::HostError;
use busbar_host::system_error::error_name;
use busbar_host::text::printable;
use std::cell::Cell;
use std::fs;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener as SocketListener;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// Nobody needs more at a time; each costs a file.
const MOST_CONNECTIONS: usize = 16;
/// How long a request and its answer may take.
const REQUEST_TIME: Duration = Duration::from_secs(5);
/// The most bytes of a request, and the most lines of it.
const LONGEST_REQUEST: usize = 8 << 10;
const MOST_HEADERS: usize = 64;

/// A health server, which ends with it.
pub struct HealthServer {
    /// For people: "http://127.0.0.1:8080/", "/run/busbar/health.sock".
    pub location: String,
    task: JoinHandle<()>,
}

impl Drop for HealthServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves reports over HTTP on loopback or a Unix socket: 200 where everything is well, 503 otherwise, and the report as
/// JSON. `report` is what there is to tell now.
///
/// # Errors
///
/// Where somebody else has the place, or it cannot be used.
pub async fn serve_health(
    place: &HealthPlace,
    report: impl Fn() -> HealthReport + 'static,
) -> Result<HealthServer, Failure> {
    let listener = match Listener::bind(place) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && remove_left(place).await => Listener::bind(place),
        bound => bound,
    };
    let unusable = |error| unusable(place, &error);
    let listener = listener.map_err(unusable)?;
    let location = match &listener {
        // Which port it is, also where 0 was asked for.
        Listener::Port(listener) => {
            format!("http://{LOOPBACK}:{}/", listener.local_addr().map_err(unusable)?.port())
        }
        Listener::Socket(_) => place_text(place),
    };
    let task = tokio::task::spawn_local(serve(listener, Rc::new(report)));
    Ok(HealthServer { location, task })
}

enum Listener {
    Port(TcpListener),
    Socket(UnixListener),
}

impl Listener {
    fn bind(place: &HealthPlace) -> io::Result<Self> {
        match place {
            HealthPlace::Port(port) => {
                let listener = std::net::TcpListener::bind((LOOPBACK, *port))?;
                listener.set_nonblocking(true)?;
                Ok(Self::Port(TcpListener::from_std(listener)?))
            }
            HealthPlace::Socket(path) => {
                let listener = SocketListener::bind_addr(&socket_address(path)?)?;
                listener.set_nonblocking(true)?;
                Ok(Self::Socket(UnixListener::from_std(listener)?))
            }
        }
    }
}

async fn serve(listener: Listener, report: Rc<dyn Fn() -> HealthReport>) {
    let connections = Rc::new(Cell::new(0));
    loop {
        let accepted = match &listener {
            Listener::Port(listener) => {
                listener.accept().await.map(|(stream, _)| answer_if_room(stream, true, &connections, &report))
            }
            Listener::Socket(listener) => {
                listener.accept().await.map(|(stream, _)| answer_if_room(stream, false, &connections, &report))
            }
        };
        if accepted.is_err() {
            // Of one connection, or no file is left: the next may do better.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// What goes wrong with one connection is that one's.
fn answer_if_room(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    is_port: bool,
    connections: &Rc<Cell<usize>>,
    report: &Rc<dyn Fn() -> HealthReport>,
) {
    if connections.get() >= MOST_CONNECTIONS {
        return;
    }
    connections.set(connections.get() + 1);
    let (connections, report) = (connections.clone(), report.clone());
    tokio::task::spawn_local(async move {
        let _in_time = tokio::time::timeout(REQUEST_TIME, converse(stream, is_port, &*report)).await;
        connections.set(connections.get() - 1);
    });
}

async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    is_port: bool,
    report: &dyn Fn() -> HealthReport,
) -> io::Result<()> {
    let mut request = Vec::new();
    while request.len() < LONGEST_REQUEST {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        match answer_to(&request, is_port, report) {
            Asked::Whole(answer) => {
                stream.write_all(answer.as_bytes()).await?;
                return stream.shutdown().await;
            }
            Asked::Part => {}
            Asked::Nonsense => return Ok(()),
        }
    }
    Ok(())
}

/// What came so far of a request.
enum Asked {
    Part,
    Nonsense,
    /// The answer to it.
    Whole(String),
}

fn answer_to(request: &[u8], is_port: bool, report: &dyn Fn() -> HealthReport) -> Asked {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(request) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Asked::Part,
        Err(_) => return Asked::Nonsense,
    }
    let method = parsed.method.unwrap_or_default();
    let host = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host")).map(|header| header.value);
    let (status, body, kind) = if is_port && !is_ours(host.unwrap_or_default()) {
        // A page in a browser can have any name mean this machine, and would read what is answered: that name stands here then.
        ("403 Forbidden", "This is for this machine only.".to_owned(), "text/plain")
    } else if !matches!(method, "GET" | "HEAD") {
        ("405 Method Not Allowed", "Only GET is served here.".to_owned(), "text/plain")
    } else if !is_root(parsed.path.unwrap_or_default()) {
        ("404 Not Found", "There is only / here.".to_owned(), "text/plain")
    } else {
        let report = report();
        let status = if report.is_ok() { "200 OK" } else { "503 Service Unavailable" };
        (status, json_text(&report.to_json()), "application/json")
    };
    let body = if method == "HEAD" { String::new() } else { format!("{body}\n") };
    let length = body.len();
    Asked::Whole(format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}; charset=utf-8\r\ncache-control: no-store\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    ))
}

/// A name of this machine, with or without a port.
fn is_ours(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let host = host.to_ascii_lowercase();
    ["127.0.0.1", "localhost", "[::1]"].into_iter().filter_map(|name| host.strip_prefix(name)).any(|rest| {
        let port = rest.strip_prefix(':');
        rest.is_empty() || port.is_some_and(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// "/", "/health", and what asks them something.
fn is_root(path: &str) -> bool {
    matches!(path.split('?').next(), Some("/" | "/health"))
}

/// Removes a socket that a process left which was killed: nobody listens there. What is no socket is left alone.
async fn remove_left(place: &HealthPlace) -> bool {
    let Some(path) = place.file() else { return false };
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket()) {
        return false;
    }
    let asked = tokio::time::timeout(REQUEST_TIME, UnixStream::connect(path)).await;
    let is_dead = matches!(asked, Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused);
    is_dead && fs::remove_file(path).is_ok()
}

fn unusable(place: &HealthPlace, error: &io::Error) -> Failure {
    let place = match place {
        HealthPlace::Port(port) => format!("port {port}"),
        HealthPlace::Socket(_) => format!("the socket {}", place_text(place)),
    };
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => "is in use by another program; choose another".to_owned(),
        _ => format!("cannot be used ({})", error_name(error)),
    };
    HostError::backend(format!("{place} for --health {why}.")).into()
}

/// As a person wrote it, safe to show.
fn place_text(place: &HealthPlace) -> String {
    match place {
        HealthPlace::Port(port) => port.to_string(),
        HealthPlace::Socket(path) => printable(path, 200),
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, answer_to, is_ours, is_root};
    use crate::health::report::HealthReport;

    fn status(request: &str, is_port: bool) -> Option<String> {
        let report = || HealthReport { up_ms: 1.0, devices: Vec::new(), apps: Vec::new() };
        match answer_to(request.as_bytes(), is_port, &report) {
            Asked::Whole(answer) => answer.split(' ').nth(1).map(str::to_owned),
            Asked::Part => Some("part".to_owned()),
            Asked::Nonsense => None,
        }
    }

    #[test]
    fn a_request_is_answered_by_its_method_path_and_host() {
        for (request, is_port, expected) in [
            ("GET / HTTP/1.1\r\nHost: localhost:80\r\n\r\n", true, Some("200")),
            ("HEAD /health?x HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", true, Some("200")),
            ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", true, Some("403")),
            ("GET / HTTP/1.0\r\n\r\n", true, Some("403")),
            ("GET / HTTP/1.0\r\n\r\n", false, Some("200")),
            ("POST / HTTP/1.0\r\n\r\n", false, Some("405")),
            ("GET /etc/passwd HTTP/1.0\r\n\r\n", false, Some("404")),
            ("GET / HTTP/1.0\r\nHost: local", false, Some("part")),
            ("\0\0\0\0", false, None),
        ] {
            assert_eq!(status(request, is_port).as_deref(), expected, "{request}");
        }
    }

    #[test]
    fn names_of_this_machine_are_few() {
        for host in ["127.0.0.1", "LOCALHOST:8080", "[::1]:1"] {
            assert!(is_ours(host.as_bytes()), "{host}");
        }
        for host in ["", "localhost.evil.example", "localhost:", "localhost:x", "127.0.0.10", "127.0.0.1:80x"] {
            assert!(!is_ours(host.as_bytes()), "{host}");
        }
        assert!(is_root("/") && is_root("/health") && !is_root("/healthy") && !is_root(""));
    }
}

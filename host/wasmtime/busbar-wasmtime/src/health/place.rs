use busbar_command::exit::Failure;
use busbar_host::text::{printable, quoted};
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::SocketAddr;

/// Longer paths the kernel refuses: `sun_path` of `struct sockaddr_un`, unix(7).
const LONGEST_PATH: usize = 107;

/// The only address that a port is on.
pub const LOOPBACK: &str = "127.0.0.1";

/// Where a run tells how it is: a port of this machine's own, or a Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthPlace {
    Port(u16),
    /// A path; or, beginning with "@", a name of Linux's abstract namespace.
    Socket(String),
}

impl HealthPlace {
    /// Reads what a person writes: "8080", "127.0.0.1:8080", "localhost:8080", "./health.sock", "/run/busbar/health.sock",
    /// "@busbar".
    ///
    /// # Errors
    ///
    /// A usage error; also for any address that is not loopback's.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let host = [LOOPBACK, "localhost"].into_iter().find_map(|host| text.strip_prefix(host)?.strip_prefix(':'));
        let digits = host.unwrap_or(text);
        let is_port = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(port) = is_port.then(|| digits.parse().ok()).flatten() {
            return Ok(Self::Port(port));
        }
        let is_path = text.contains('/') || (text.starts_with('@') && text.len() > 1);
        if !is_path {
            return Err(Failure::Usage(format!(
                "{} is no place for health: expected a port of this machine such as 8080, a path such as ./health.sock, or \
                 \"@name\".",
                printable(&quoted(text), 200)
            )));
        }
        if text.len() > LONGEST_PATH {
            return Err(Failure::Usage(format!(
                "the socket {} has more than {LONGEST_PATH} bytes; choose a shorter path.",
                printable(text, 200)
            )));
        }
        Ok(Self::Socket(text.to_owned()))
    }

    /// The file of a socket that has one.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Socket(path) if !path.starts_with('@') => Some(path),
            _ => None,
        }
    }
}

/// The address of a Unix socket: a path, or "@name" of the abstract namespace.
///
/// # Errors
///
/// Where it is too long, or has a zero byte in it.
pub fn socket_address(written: impl AsRef<OsStr>) -> io::Result<SocketAddr> {
    let written = written.as_ref();
    match written.as_encoded_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(written),
    }
}

#[cfg(test)]
mod tests {
    use super::HealthPlace::{self, Port, Socket};

    #[test]
    fn ports_of_this_machine_paths_and_names_are_places() {
        for (text, place) in [
            ("8080", Port(8080)),
            ("127.0.0.1:8080", Port(8080)),
            ("localhost:1", Port(1)),
            ("./health.sock", Socket("./health.sock".to_owned())),
            ("/run/x", Socket("/run/x".to_owned())),
            ("@busbar", Socket("@busbar".to_owned())),
        ] {
            assert_eq!(HealthPlace::parse(text).ok(), Some(place), "{text}");
        }
    }

    #[test]
    fn other_addresses_are_none() {
        let long = format!("/{}", "x".repeat(200));
        for text in ["0.0.0.0:8080", "[::]:80", "example.com:80", "65536", "000080", "", "@", "health", &long] {
            assert!(HealthPlace::parse(text).is_err(), "{text}");
        }
    }
}

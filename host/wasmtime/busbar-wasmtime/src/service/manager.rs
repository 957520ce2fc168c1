//! The protocol of sd_notify(3). The crate sd-notify opens a socket for each message, which a confined process cannot.

use crate::health::socket_address;
use busbar_host::system_error::error_name;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::env;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::rc::Rc;
use std::time::Duration;

/// `sun_path` of `struct sockaddr_un`, unix(7), with its end.
const LONGEST_ADDRESS: usize = 108;
const RETRY: Duration = Duration::from_millis(100);
const MOST_TRIES: u32 = 50;

/// Whoever started this process and wants to know how it is: systemd, which says where in `NOTIFY_SOCKET`.
pub struct ServiceManager {
    socket: UnixDatagram,
    address: String,
    /// How often it wants to hear `WATCHDOG=1`; none where it does not.
    pub watchdog: Option<Duration>,
    waiting: RefCell<VecDeque<String>>,
    tries: Cell<u32>,
    told: Cell<bool>,
    on_problem: Box<dyn Fn(&str)>,
}

impl ServiceManager {
    /// That of this process; none where nobody wants to be told. Its socket is open from now on, so that this process needs
    /// no right to open one later. `on_problem` is told in one sentence why nothing gets through, once.
    pub fn of_this_process(on_problem: impl Fn(&str) + 'static) -> Option<Rc<Self>> {
        let address = env::var("NOTIFY_SOCKET").ok().filter(|address| !address.is_empty())?;
        let is_address = address.len() > 1 && address.starts_with(['/', '@']) && address.len() < LONGEST_ADDRESS;
        if !is_address {
            on_problem(&problem("that is no Unix socket", &address));
            return None;
        }
        match connect(&address) {
            Ok(socket) => Some(Rc::new(Self {
                socket,
                address,
                watchdog: watchdog_of(env::var("WATCHDOG_USEC").ok(), env::var("WATCHDOG_PID").ok()),
                waiting: RefCell::default(),
                tries: Cell::new(0),
                told: Cell::new(false),
                on_problem: Box::new(on_problem),
            })),
            Err(error) => {
                on_problem(&problem(error_name(&error), &address));
                None
            }
        }
    }

    /// Tells it something, one assignment each: "READY=1", "STATUS=...". Never waits; what does not get through is tried
    /// again for a while, and said once.
    pub fn notify(self: &Rc<Self>, states: &[&str]) {
        let message = states.iter().map(|state| state.replace('\n', " ")).collect::<Vec<_>>().join("\n");
        let mut waiting = self.waiting.borrow_mut();
        waiting.push_back(message);
        // Somebody is trying already, in the order in which it was told.
        if waiting.len() == 1 {
            drop(waiting);
            self.flush();
        }
    }

    fn flush(self: &Rc<Self>) {
        let mut waiting = self.waiting.borrow_mut();
        while let Some(message) = waiting.front() {
            match self.socket.send(message.as_bytes()) {
                Ok(_) => self.tries.set(0),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.tries.get() < MOST_TRIES => {
                    self.tries.set(self.tries.get() + 1);
                    let itself = self.clone();
                    tokio::task::spawn_local(async move {
                        tokio::time::sleep(RETRY).await;
                        itself.flush();
                    });
                    return;
                }
                Err(error) => {
                    if !self.told.replace(true) {
                        (self.on_problem)(&problem(error_name(&error), &self.address));
                    }
                    self.tries.set(0);
                    waiting.clear();
                    return;
                }
            }
            waiting.pop_front();
        }
    }
}

fn connect(address: &str) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&socket_address(address)?)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn problem(reason: &str, address: &str) -> String {
    format!("systemd cannot be told how the service is ({reason}); NOTIFY_SOCKET is {address}.")
}

/// sd_watchdog_enabled(3).
fn watchdog_of(microseconds: Option<String>, pid: Option<String>) -> Option<Duration> {
    const MOST_DIGITS: usize = 15;
    if pid.is_some_and(|pid| !pid.is_empty() && pid != std::process::id().to_string()) {
        return None;
    }
    let microseconds = microseconds?;
    let is_number = microseconds.len() <= MOST_DIGITS && microseconds.bytes().all(|byte| byte.is_ascii_digit());
    let microseconds = is_number.then(|| microseconds.parse().ok()).flatten().filter(|each| *each > 0)?;
    Some(Duration::from_micros(microseconds))
}

#[cfg(test)]
mod tests {
    use super::watchdog_of;
    use std::time::Duration;

    #[test]
    fn the_watchdog_is_that_of_this_process() {
        let own = std::process::id().to_string();
        let watchdog = |usec: &str, pid: &str| watchdog_of(Some(usec.to_owned()), Some(pid.to_owned()));
        assert_eq!(watchdog("40000", &own), Some(Duration::from_millis(40)));
        assert_eq!(watchdog("40000", ""), Some(Duration::from_millis(40)));
        assert_eq!(watchdog("40000", "1"), None);
        for nonsense in ["", "0", "-1", "1e6", "1000000000000000"] {
            assert_eq!(watchdog(nonsense, ""), None, "{nonsense}");
        }
        assert_eq!(watchdog_of(None, None), None);
    }
}

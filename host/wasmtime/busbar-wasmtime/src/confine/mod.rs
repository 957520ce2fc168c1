//! Takes from this process what it does not need once its board is open, so that a fault of the engine gives a driver no
//! files, no network and no other programs.

mod files;
mod paths;
mod system_calls;

pub use paths::is_kept;

use crate::output::Output;
use busbar_host::board::Board;
use serde_json::json;
use std::path::Path;

/// Sockets that are open before a process is confined, and used after.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sockets {
    /// On which the kernel tells of USB devices.
    pub netlink: bool,
    /// On which others ask this process something. What it listens on stays what it is: it can neither make nor bind another.
    pub listening: bool,
}

/// Confines this process for good. Where the kernel cannot, that is said in a line, and the board runs all the same.
///
/// It must have no other thread yet: the rules hold for those that it starts.
pub fn confine(board: &Board, folder: &Path, sockets: Sockets, output: &Output) {
    let paths = paths::needed_by(board, folder);
    let sockets = Sockets { netlink: board.uses_usb(), ..sockets };
    let problems = [files::confine(&paths).err(), system_calls::confine(sockets).err()];
    let missing: Vec<String> = problems.into_iter().flatten().collect();
    if !missing.is_empty() {
        let message = format!(
            "this process is not confined by the kernel: {}; drivers are held by their sandbox alone.",
            missing.join(", and ")
        );
        output.notice(&message, json!({ "type": "warning", "message": message }));
    }
}

#[cfg(test)]
mod tests {
    use super::{Sockets, files, paths, system_calls};
    use busbar_host::board::parse_board;
    use std::fs::{self, File};
    use std::io::ErrorKind::PermissionDenied;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::UnixDatagram;
    use std::path::Path;
    use std::process::Command;

    /// Rules hold for one thread and what it starts, so that a test can have them.
    fn confined(check: impl FnOnce() + Send + 'static) {
        confined_with(Sockets::default(), check);
    }

    fn confined_with(sockets: Sockets, check: impl FnOnce() + Send + 'static) {
        let thread = std::thread::spawn(move || {
            let board =
                r#"{ "devices": { "indoor": { "driver": "./x.wasm", "i2c": { "bus": 250, "address": "0x76" } } } }"#;
            let board = parse_board(board, "board.json").expect("it is one");
            if let Err(problem) = files::confine(&paths::needed_by(&board, Path::new("."))) {
                eprintln!("nothing is tested here: {problem}");
                return;
            }
            system_calls::confine(sockets).expect("every kernel with Landlock has it");
            check();
        });
        thread.join().expect("the thread ends");
    }

    #[test]
    fn a_confined_process_has_only_the_files_that_it_needs() {
        let own = std::env::current_exe().expect("it is a file");
        confined(move || {
            let denied = |result: std::io::Result<File>| result.expect_err("it is denied").kind() == PermissionDenied;
            assert!(denied(File::open(own)), "a file of a user");
            assert!(denied(File::create("/var/tmp/busbar-confined")), "a new file");
            assert!(denied(File::create("/etc/busbar-confined")), "a new file where it may read");
            let lock = format!("/tmp/busbar-confined-{}", std::process::id());
            File::create(&lock).expect("locks are kept there");
            fs::remove_file(&lock).expect("locks are kept there");
            assert!(File::open("/proc/locks").is_ok() && fs::read_dir("/sys").is_ok());
            assert!(File::options().read(true).write(true).open("/dev/null").is_ok(), "a device that may come back");
        });
    }

    #[test]
    fn a_confined_process_has_no_network_and_starts_no_program() {
        confined(|| {
            let bound = TcpListener::bind("127.0.0.1:0");
            assert_eq!(bound.expect_err("it is denied").kind(), PermissionDenied);
            let bound = UdpSocket::bind("127.0.0.1:0");
            assert_eq!(bound.expect_err("Landlock lets it, and seccomp does not").kind(), PermissionDenied);
            assert!(Command::new("/bin/true").spawn().is_err());
        });
    }

    #[test]
    fn a_confined_process_uses_the_sockets_that_were_open_before() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it has one");
        let (notify, manager) = UnixDatagram::pair().expect("two sockets");
        let client = TcpStream::connect(address).expect("somebody listens");
        confined_with(Sockets { listening: true, ..Sockets::default() }, move || {
            listener.accept().expect("it was open before");
            notify.send(b"READY=1").expect("it was open before");
            let other = TcpListener::bind("127.0.0.1:0");
            assert_eq!(other.expect_err("it is denied").kind(), PermissionDenied);
            assert_eq!(TcpStream::connect(address).expect_err("it is denied").kind(), PermissionDenied);
        });
        drop((client, manager));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        confined(move || {
            assert_eq!(listener.accept().expect_err("nobody needs it").kind(), PermissionDenied);
        });
    }
}

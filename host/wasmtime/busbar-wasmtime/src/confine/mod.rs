//! Takes from this process what it does not need once its board is open, so that a fault of the engine gives a driver no
//! files, no network and no other programs.

mod files;
mod paths;
mod system_calls;

use crate::output::Output;
use busbar_host::board::Board;
use serde_json::json;
use std::path::Path;

/// Confines this process for good. Where the kernel cannot, that is said in a line, and the board runs all the same.
///
/// It must have no other thread yet: the rules hold for those that it starts.
pub fn confine(board: &Board, folder: &Path, output: &Output) {
    let paths = paths::needed_by(board, folder);
    let problems = [files::confine(&paths).err(), system_calls::confine(board.uses_usb()).err()];
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
    use super::{files, paths, system_calls};
    use busbar_host::board::parse_board;
    use std::fs::{self, File};
    use std::io::ErrorKind::PermissionDenied;
    use std::net::{TcpListener, UdpSocket};
    use std::path::Path;
    use std::process::Command;

    /// Rules hold for one thread and what it starts, so that a test can have them.
    fn confined(check: impl FnOnce() + Send + 'static) {
        let thread = std::thread::spawn(move || {
            let board =
                r#"{ "devices": { "indoor": { "driver": "./x.wasm", "i2c": { "bus": 250, "address": "0x76" } } } }"#;
            let board = parse_board(board, "board.json").expect("it is one");
            if let Err(problem) = files::confine(&paths::needed_by(&board, Path::new("."))) {
                eprintln!("nothing is tested here: {problem}");
                return;
            }
            system_calls::confine(false).expect("every kernel with Landlock has it");
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
}

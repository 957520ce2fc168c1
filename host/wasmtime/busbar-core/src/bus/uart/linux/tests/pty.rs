//! The kernel judges: a pseudo terminal is a tty without hardware, whose other side the test has.

#[path = "../../../../../tests/support/pty.rs"]
mod support;

use super::machine::USAGE;
use crate::bus::linux::ThisMachine;
use crate::bus::uart::linux::backend::LinuxUart;
use crate::bus::uart::{UartBackend, UartErrorCode, UartEvent, UartPort, UartUsage};
use std::sync::Arc;
use std::time::Duration;
use support::Pty;

/// A wait of that length ends by something else.
const LONG: Duration = Duration::from_secs(50);

fn open(pty: &Pty) -> Arc<dyn UartPort> {
    let opened = backend().open(&pty.port, &USAGE).expect("it can be used");
    opened.expect("it is there")
}

fn backend() -> LinuxUart {
    LinuxUart::of(Arc::new(ThisMachine::new()), None)
}

#[tokio::test]
async fn all_bytes_come_and_go_as_they_are() {
    let pty = Pty::new();
    let port = open(&pty);
    let all: Vec<u8> = (0..=255).collect();
    let (written, received) = tokio::join!(port.write(&all), pty.received(256));
    assert_eq!((written, received), (Ok(()), all.clone()));
    assert_eq!(port.drain().await, Ok(()));
    // Nothing comes back as an echo, and no byte is a command.
    assert_eq!(port.read(100, Duration::ZERO).await, Ok(vec![]));
    pty.send(&all);
    let mut read = Vec::new();
    while read.len() < 256 {
        read.extend(port.read(100, LONG).await.expect("it is there"));
    }
    assert_eq!(read, all);
}

#[tokio::test]
async fn a_read_waits_for_what_comes_and_keeps_what_it_was_not_asked_for() {
    let pty = Pty::new();
    let port = open(&pty);
    let sent = async {
        tokio::task::yield_now().await;
        pty.send(b"abc");
    };
    let (read, ()) = tokio::join!(port.read(2, LONG), sent);
    assert_eq!(read, Ok(b"ab".to_vec()));
    assert_eq!(port.read(2, LONG).await, Ok(b"c".to_vec()));
    assert_eq!(port.read(2, Duration::from_millis(2)).await, Ok(vec![]));
    // A wait that was given up has taken nothing, and the next finds what came.
    tokio::select! {
        biased;
        read = port.read(2, LONG) => panic!("{read:?}"),
        () = tokio::task::yield_now() => {}
    }
    pty.send(b"d");
    assert_eq!(port.read(2, LONG).await, Ok(b"d".to_vec()));
    pty.send(b"e");
    assert_eq!(port.discard(), Ok(()));
    assert_eq!(port.read(2, Duration::from_millis(2)).await, Ok(vec![]));
}

#[tokio::test]
async fn a_port_is_one_users_until_that_has_closed_it() {
    let pty = Pty::new();
    let port = open(&pty);
    let path = format!("/dev/{}", pty.port);
    let other = UartUsage { device: "other", ..USAGE };
    let refused = backend().open(&pty.port, &other).err().map(|error| error.message);
    let expected = format!("other: {path} is used by \"gps\" of this process; end that first.");
    assert_eq!(refused.as_deref(), Some(expected.as_str()));
    port.close().await;
    assert!(backend().open(&pty.port, &other).expect("it is free").is_some());
}

#[tokio::test]
async fn pulling_it_out_ends_what_waits() {
    let pty = Pty::new();
    let (port, name) = (open(&pty), pty.port.clone());
    let mut watch = backend().watch(&name);
    let pulled = async {
        tokio::task::yield_now().await;
        drop(pty);
    };
    let (read, ()) = tokio::join!(port.read(1, LONG), pulled);
    assert_eq!(read.expect_err("it is gone").code, UartErrorCode::Disconnected);
    assert_eq!(port.write(b"x").await.expect_err("it is gone").code, UartErrorCode::Disconnected);
    // The name goes with the last who has it.
    port.close().await;
    assert_eq!(watch.next().await, UartEvent::Left);
    assert!(!backend().has(&name));
}

#[tokio::test]
async fn another_speed_is_set_and_told_by_the_kernel() {
    let pty = Pty::new();
    let port = open(&pty);
    assert_eq!(port.set_baud_rate(250_000).await, Ok(()));
    pty.send(b"x");
    assert_eq!(port.read(1, LONG).await, Ok(b"x".to_vec()));
}

#[test]
fn a_terminal_is_no_port() {
    // /dev/null is a character device, and no tty.
    let refused = backend().open("null", &USAGE).err().map(|error| error.message);
    assert_eq!(refused.as_deref(), Some("gps: /dev/null is no serial port; correct \"port\" of the entry."));
}

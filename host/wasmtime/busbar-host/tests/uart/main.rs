//! Drivers on serial ports: what they may do there, how long they may wait, and ports that come and go.

mod app;
mod drivers;
#[path = "../support/encode.rs"]
#[allow(dead_code)]
mod encode;
#[path = "../../../busbar-core/tests/support/printed.rs"]
#[allow(dead_code)]
mod printed;
#[path = "../../../busbar-core/tests/support/pty.rs"]
mod pty;
mod talks;
#[path = "../support/uart_talker.rs"]
mod uart_talker;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace;

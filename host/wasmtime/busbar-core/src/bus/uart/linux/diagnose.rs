use super::ports::{is_serial_port, uart_path, uart_ports};
use super::remedies::no_uart_permission;
use super::system::UartSystem;
use crate::bus::linux::ThisMachine;
use crate::bus::uart::uart_port_name;
use crate::finding::{Finding, Remedy};
use crate::text::quoted;

/// Looks at the serial ports of Linux, and at the permissions of their files. None is opened; changes nothing. Nothing where there is no port at
/// all, which most machines are well without.
pub fn diagnose_linux_uart() -> Vec<Finding> {
    diagnose(&ThisMachine::new())
}

/// Whether the port is there to which an entry of a board is wired. It is not opened: that would raise its signals, which starts some boards
/// anew. `port` is as in the board file, and `id` the finding's.
pub fn diagnose_uart_port(port: &str, id: &str) -> Finding {
    diagnose_wired(port, id, &ThisMachine::new())
}

/// [`diagnose_linux_uart`] of any machine.
pub(super) fn diagnose(system: &dyn UartSystem) -> Vec<Finding> {
    let ports = uart_ports(system);
    if ports.is_empty() {
        return Vec::new();
    }
    let mut findings = vec![Finding::good("uart", format!("The kernel knows the serial ports {}.", ports.join(", ")))];
    findings.extend(ports.iter().map(|port| {
        let path = uart_path(port);
        diagnose_file(&path, &path, system)
    }));
    findings
}

/// [`diagnose_uart_port`] of any machine.
pub(super) fn diagnose_wired(port: &str, id: &str, system: &dyn UartSystem) -> Finding {
    let path = uart_path(port);
    if system.status(&path).is_none() {
        let known = uart_ports(system).join(", ");
        let there = if known.is_empty() { "it has none".to_owned() } else { format!("it has {known}") };
        let what = format!("this machine has no serial port {} now; {there}", quoted(uart_port_name(port)));
        return Finding::bad(id, Remedy::new(what, "plug its adapter in, or correct the entry"));
    }
    if !system.device_number(&path).is_some_and(|number| is_serial_port(number, system)) {
        let what = format!("{path} is no serial port");
        return Finding::bad(id, Remedy::new(what, "correct \"port\" of the entry"));
    }
    diagnose_file(&path, id, system)
}

fn diagnose_file(path: &str, id: &str, system: &dyn UartSystem) -> Finding {
    if !system.permits(path) {
        return Finding::bad(id, no_uart_permission(path, system));
    }
    Finding::good(id, format!("This user may use {path}."))
}

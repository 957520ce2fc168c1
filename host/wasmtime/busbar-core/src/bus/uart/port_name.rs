/// The one name of a port: "ttyUSB0" for "/dev/ttyUSB0", "serial/by-id/usb-..." for a link of udev; any other name as it is written.
pub fn uart_port_name(written: &str) -> &str {
    written.strip_prefix("/dev/").unwrap_or(written)
}

#[cfg(test)]
mod tests {
    use super::uart_port_name;

    #[test]
    fn a_port_has_one_name() {
        for written in ["ttyUSB0", "/dev/ttyUSB0"] {
            assert_eq!(uart_port_name(written), "ttyUSB0");
        }
        for written in ["sim", "dev/ttyUSB0", "serial/by-id/usb-x"] {
            assert_eq!(uart_port_name(written), written);
        }
    }
}

use super::entry::{Board, SimulatedAt};
use crate::bus::gpio::Drive;
use crate::error::HostError;

/// Which of the buses that a board can name a host has.
#[derive(Debug, Clone, Copy)]
pub struct HostBuses {
    /// What people call the host: "busbar-wamr".
    pub host: &'static str,
    /// The keys of the buses in an entry: "i2c".
    pub keys: &'static [&'static str],
    /// Whether a driver can export a bus to which others are wired.
    pub has_bridges: bool,
}

impl HostBuses {
    /// Refuses a board with a bridge, and with an entry that is wired by what the host does not have. `source` is what messages call the board.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "board": the entry, the bus and the host.
    pub fn check(&self, board: &Board, source: &str) -> Result<(), HostError> {
        if let Some((name, _)) = board.bridges.first().filter(|_| !self.has_bridges) {
            return Err(HostError::board(format!(
                "{source}: \"bridges.{name}\" is a bridge, which {} does not have; run this board on a host that has it.",
                self.host
            )));
        }
        for placed in board.entries() {
            let (place, entry) = (placed.place(), placed.entry);
            if let Some(missing) = entry.wired_by().find(|key| !self.keys.contains(key)) {
                return Err(HostError::board(format!(
                    "{source}: \"{place}\" is wired by \"{missing}\", which {} does not have; run this board on a host that has it.",
                    self.host
                )));
            }
            if entry.gpio.iter().flat_map(|grant| &grant.lines).any(|(_, line)| line.drive == Some(Drive::OpenDrain)) {
                return Err(HostError::board(format!(
                    "{source}: \"{place}\" has an open-drain line, which {} does not have; run this board on a host that has it.",
                    self.host
                )));
            }
        }
        if !self.keys.contains(&"uart")
            && let Some(index) = board.simulate.iter().position(|entry| matches!(entry.at, SimulatedAt::Uart { .. }))
        {
            return Err(HostError::board(format!(
                "{source}: \"simulate[{index}]\" is a \"uart\", which {} does not have; run this board on a host that has it.",
                self.host
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::HostBuses;
    use crate::board::parse_board;

    #[test]
    fn an_open_drain_line_is_refused_by_name() {
        let board = |drive: &str| {
            format!(
                r#"{{ "devices": {{ "outside": {{ "driver": "./x.wasm", "gpio": {{ "lines": {{
                    "data": {{ "chip": 0, "line": 4, "direction": "in-out", "drive": "{drive}" }}
                }} }} }} }} }}"#
            )
        };
        let check = |drive| {
            let board = parse_board(&board(drive), "board.json").expect("it is one");
            HostBuses { host: "this one", keys: &["gpio"], has_bridges: true }
                .check(&board, "board.json")
                .map_err(|error| error.message)
        };
        assert_eq!(check("push-pull"), Ok(()));
        assert_eq!(
            check("open-drain").err().as_deref(),
            Some(
                "board.json: \"devices.outside\" has an open-drain line, which this one does not have; run this board on a host that has it."
            )
        );
    }

    #[test]
    fn a_bridge_is_refused_by_name() {
        let board = r#"{
            "bridges": { "dongle": { "driver": "./x.wasm", "usb": { "vendorId": "0x04D8", "interfaces": [2] } } },
            "devices": { "indoor": { "driver": "./x.wasm", "i2c": { "bus": "dongle", "address": "0x76" } } }
        }"#;
        let board = parse_board(board, "board.json").expect("it is one");
        let refused =
            HostBuses { host: "this one", keys: &["i2c", "usb"], has_bridges: false }.check(&board, "board.json");
        assert_eq!(
            refused.map_err(|error| error.message).err().as_deref(),
            Some(
                "board.json: \"bridges.dongle\" is a bridge, which this one does not have; run this board on a host that has it."
            )
        );
    }

    #[test]
    fn a_simulated_port_is_refused_by_name_where_a_host_has_none() {
        let board = r#"{ "devices": {}, "simulate": [{ "uart": "sim", "model": "loopback" }] }"#;
        let board = parse_board(board, "board.json").expect("it is one");
        let check = |keys| {
            HostBuses { host: "this one", keys, has_bridges: false }
                .check(&board, "board.json")
                .map_err(|error| error.message)
        };
        assert_eq!(check(&["uart"]), Ok(()));
        assert_eq!(
            check(&["i2c"]).err().as_deref(),
            Some(
                "board.json: \"simulate[0]\" is a \"uart\", which this one does not have; run this board on a host that has it."
            )
        );
    }

    #[test]
    fn a_bus_that_a_host_does_not_have_is_refused_by_name() {
        let board = r#"{ "devices": {
            "indoor": { "driver": "./x.wasm", "i2c": { "bus": 1, "address": "0x76" } },
            "stick": { "driver": "./x.wasm", "usb": { "vendorId": "0x2341", "interfaces": [0] } }
        } }"#;
        let board = parse_board(board, "board.json").expect("it is one");
        let check = |keys| {
            HostBuses { host: "this one", keys, has_bridges: true }
                .check(&board, "board.json")
                .map_err(|error| error.message)
        };
        assert_eq!(check(&["i2c", "usb"]), Ok(()));
        let refused = |device: &str, key: &str| {
            Err(format!(
                "board.json: \"devices.{device}\" is wired by \"{key}\", which this one does not have; run this board on a host that has it."
            ))
        };
        assert_eq!(check(&["i2c"]), refused("stick", "usb"));
        assert_eq!(check(&["usb"]), refused("indoor", "i2c"));
    }
}

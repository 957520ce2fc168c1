use super::BridgedPlace;
use crate::board::{Board, DeviceEntry};
use crate::bus::BusName;
use std::collections::HashSet;

/// The places that an entry is wired to where a bridge can be, each once for each that it has there.
fn places(entry: &DeviceEntry) -> impl Iterator<Item = &BusName> {
    let i2c = entry.i2c.iter().map(|grant| &grant.bus);
    let spi = entry.spi.iter().map(|grant| &grant.bus);
    let gpio = entry.gpio.iter().flat_map(|grant| grant.lines.iter().map(|(_, line)| &line.chip));
    i2c.chain(spi).chain(gpio)
}

impl Board {
    /// The bridge that a bus, or a GPIO chip, is of; none where it is of none.
    pub fn bridge_of(&self, bus: &BusName) -> Option<&str> {
        let place = BridgedPlace::of(bus)?;
        self.bridges.iter().find(|(name, _)| name == place.bridge).map(|(name, _)| name.as_str())
    }
}

/// The bridges of a board whose buses an entry is wired to, by their names, each once.
pub fn bridges_of<'a>(entry: &'a DeviceEntry, board: &'a Board) -> Vec<(&'a str, &'a DeviceEntry)> {
    let mut found: Vec<(&str, &DeviceEntry)> = Vec::new();
    for place in places(entry).filter_map(BridgedPlace::of) {
        let bridge = board.bridges.iter().find(|(name, _)| name == place.bridge);
        if let Some((name, entry)) = bridge.filter(|(name, _)| found.iter().all(|(each, _)| each != name)) {
            found.push((name, entry));
        }
    }
    found
}

/// How many bridges are between an entry and this machine, on a board that was checked: what is behind more of them starts later, and
/// ends earlier.
pub fn depth_of(entry: &DeviceEntry, board: &Board) -> usize {
    bridges_of(entry, board).into_iter().map(|(_, bridge)| 1 + depth_of(bridge, board)).max().unwrap_or(0)
}

/// The names of the entries that are wired to a bus of one of some bridges, or to one behind that; in the order of the board.
pub fn behind_bridges(board: &Board, names: &[&str]) -> Vec<String> {
    let mut reached: HashSet<&str> = names.iter().copied().collect();
    let mut behind: HashSet<&str> = HashSet::new();
    loop {
        let before = behind.len();
        for placed in board.entries() {
            if bridges_of(placed.entry, board).iter().any(|(bridge, _)| reached.contains(bridge)) {
                reached.insert(placed.name);
                behind.insert(placed.name);
            }
        }
        if behind.len() == before {
            return board
                .entries()
                .map(|placed| placed.name)
                .filter(|name| behind.contains(name))
                .map(str::to_owned)
                .collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{behind_bridges, depth_of};
    use crate::board::parse_board;

    #[test]
    fn what_is_behind_bridges_is_known_by_its_depth() {
        let board = r#"{
            "bridges": {
                "mux": { "driver": "./m.wasm", "i2c": { "bus": "dongle", "address": "0x70" } },
                "dongle": { "driver": "./x.wasm", "usb": { "vendorId": "0x04D8", "interfaces": [2] } }
            },
            "devices": {
                "near": { "driver": "./x.wasm", "i2c": { "bus": "dongle", "address": "0x76" } },
                "far": { "driver": "./x.wasm", "i2c": { "bus": "mux:3", "address": "0x76" } },
                "here": { "driver": "./x.wasm", "i2c": { "bus": 1, "address": "0x76" } }
            }
        }"#;
        let board = parse_board(board, "board.json").expect("it is one");
        let depths: Vec<_> = board.entries().map(|placed| (placed.name, depth_of(placed.entry, &board))).collect();
        assert_eq!(depths, [("mux", 1), ("dongle", 0), ("near", 1), ("far", 2), ("here", 0)]);
        assert_eq!(behind_bridges(&board, &["dongle"]), ["mux", "near", "far"]);
        assert_eq!(behind_bridges(&board, &["mux"]), ["far"]);
        assert!(behind_bridges(&board, &["here"]).is_empty());
    }
}

//! What of a board's bridges is wrong that no entry by itself shows.

use super::entry::{Board, DeviceEntry, SimulatedAt};
use crate::bridge::bridges_of;
use crate::bus::BusName;
use std::collections::HashMap;

/// The most bridges between an entry and this machine: each is a driver that waits for the next.
const MOST_BRIDGES: usize = 8;

/// Gives it as a sentence without its end; none where nothing is wrong.
pub(super) fn refuse_bridges(board: &Board) -> Option<String> {
    for (name, entry) in &board.bridges {
        if board.device(name).is_some() {
            return Some(format!("\"bridges.{name}\" and \"devices.{name}\" have the same name; rename one of them"));
        }
        if entry.driver.is_none() {
            return Some(format!("\"bridges.{name}.driver\" is missing; a bridge is what its driver exports"));
        }
    }
    for key in ["i2c", "spi", "gpio"] {
        let places = board.simulate.iter().map(|simulated| simulated_place(key, &simulated.at));
        let taken = places.enumerate().find_map(|(index, place)| Some((index, board.bridge_of(place?)?)));
        if let Some((index, bridge)) = taken {
            return Some(format!(
                "\"simulate[{index}].{key}\" has the name of \"bridges.{bridge}\"; rename the simulated bus"
            ));
        }
    }
    let mut depths = HashMap::new();
    board.bridges.iter().find_map(|(name, entry)| find_depth(name, entry, board, &mut depths, &[]))
}

/// The bus, or the chip, that a simulated device is on; none where that is of another bus than `key`.
fn simulated_place<'a>(key: &str, at: &'a SimulatedAt) -> Option<&'a BusName> {
    match (key, at) {
        ("i2c", SimulatedAt::I2c { bus, .. }) | ("spi", SimulatedAt::Spi { bus, .. }) => Some(bus),
        ("gpio", SimulatedAt::Gpio { chip, .. }) => Some(chip),
        _ => None,
    }
}

/// Finds out how many bridges are before a bridge. Gives what is wrong.
fn find_depth<'a>(
    name: &'a str,
    entry: &'a DeviceEntry,
    board: &'a Board,
    depths: &mut HashMap<&'a str, usize>,
    path: &[&'a str],
) -> Option<String> {
    if path.contains(&name) {
        return Some(format!("\"bridges.{name}\" is wired to a bus behind itself; wire it to another one"));
    }
    if path.len() >= MOST_BRIDGES {
        return Some(too_far(path[0]));
    }
    if depths.contains_key(name) {
        return None;
    }
    let mut depth = 0;
    for (next, next_entry) in bridges_of(entry, board) {
        let problem = find_depth(next, next_entry, board, depths, &[path, &[name]].concat());
        if problem.is_some() {
            return problem;
        }
        depth = depth.max(depths.get(next).copied().unwrap_or(0) + 1);
    }
    if depth >= MOST_BRIDGES {
        return Some(too_far(name));
    }
    depths.insert(name, depth);
    None
}

fn too_far(name: &str) -> String {
    format!("\"bridges.{name}\" is behind {MOST_BRIDGES} other bridges or more; wire it to a bus that is nearer")
}

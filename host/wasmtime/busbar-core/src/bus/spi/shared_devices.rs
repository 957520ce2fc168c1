use super::spi_place;
use crate::board::Board;
use std::collections::HashMap;

/// Two drivers on one device would each overwrite what the other configured. Gives what is wrong, as a sentence without its end.
pub(crate) fn refuse_shared_devices(board: &Board) -> Option<String> {
    let mut owners: HashMap<String, &str> = HashMap::new();
    for (name, entry) in &board.devices {
        let Some(grant) = &entry.spi else { continue };
        let place = spi_place(grant);
        if let Some(owner) = owners.get(&place) {
            return Some(format!(
                "\"devices.{owner}\" and \"devices.{name}\" are both wired to {place}; remove one of them"
            ));
        }
        owners.insert(place, name);
    }
    None
}

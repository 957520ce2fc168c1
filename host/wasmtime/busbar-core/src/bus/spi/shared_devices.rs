use super::spi_place;
use crate::board::Board;
use std::collections::HashMap;

/// Two drivers on one device would each overwrite what the other configured. Gives what is wrong, as a sentence without its end.
pub(crate) fn refuse_shared_devices(board: &Board) -> Option<String> {
    let mut owners: HashMap<String, String> = HashMap::new();
    for placed in board.entries() {
        let Some(grant) = &placed.entry.spi else { continue };
        let (device, place) = (spi_place(grant), placed.place());
        if let Some(owner) = owners.get(&device) {
            return Some(format!("\"{owner}\" and \"{place}\" are both wired to {device}; remove one of them"));
        }
        owners.insert(device, place);
    }
    None
}

use crate::board::Board;
use crate::text::quoted;
use std::collections::HashMap;

/// Two drivers on one port would each take what the other waits for. Gives what is wrong, as a sentence without its end.
pub(crate) fn refuse_shared_ports(board: &Board) -> Option<String> {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for (name, entry) in &board.devices {
        let Some(grant) = &entry.uart else { continue };
        if let Some(owner) = owners.insert(&grant.port, name) {
            return Some(format!(
                "\"devices.{owner}\" and \"devices.{name}\" are both wired to the serial port {}; remove one of them",
                quoted(&grant.port)
            ));
        }
    }
    None
}

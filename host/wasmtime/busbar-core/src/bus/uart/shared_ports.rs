use crate::board::Board;
use crate::text::quoted;
use std::collections::HashMap;

/// Two drivers on one port would each take what the other waits for. Gives what is wrong, as a sentence without its end.
pub(crate) fn refuse_shared_ports(board: &Board) -> Option<String> {
    let mut owners: HashMap<&str, String> = HashMap::new();
    for placed in board.entries() {
        let Some(grant) = &placed.entry.uart else { continue };
        let place = placed.place();
        if let Some(owner) = owners.get(grant.port.as_str()) {
            return Some(format!(
                "\"{owner}\" and \"{place}\" are both wired to the serial port {}; remove one of them",
                quoted(&grant.port)
            ));
        }
        owners.insert(&grant.port, place);
    }
    None
}

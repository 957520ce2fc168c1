use crate::board::Board;
use std::collections::HashMap;

/// Two drivers on one target would each overwrite what the other configured. Gives what is wrong, as a sentence without its end.
pub(crate) fn refuse_shared_targets(board: &Board) -> Option<String> {
    let mut owners: HashMap<String, &str> = HashMap::new();
    for (name, entry) in &board.devices {
        let Some(grant) = &entry.i2c else { continue };
        for address in &grant.addresses {
            let target = format!("{} at 0x{address:x}", grant.bus);
            if let Some(owner) = owners.get(&target) {
                return Some(format!(
                    "\"devices.{owner}\" and \"devices.{name}\" are both wired to bus {target}; remove one of them"
                ));
            }
            owners.insert(target, name);
        }
    }
    None
}

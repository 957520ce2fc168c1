use crate::board::Board;
use std::collections::HashMap;

/// An entry, and what it does at an address.
struct User {
    place: String,
    /// Whether it is a bridge that has others reach a target there through it.
    passes_on: bool,
}

/// Two drivers on one target would each overwrite what the other configured. Not so two multiplexers with the same address behind both:
/// each passes on what is for its own. Gives what is wrong, as a sentence without its end.
pub(crate) fn refuse_shared_targets(board: &Board) -> Option<String> {
    let mut users: HashMap<String, User> = HashMap::new();
    for placed in board.entries() {
        let Some(grant) = &placed.entry.i2c else { continue };
        for (index, address) in grant.addresses.iter().enumerate() {
            let target = format!("{} at 0x{address:x}", grant.bus);
            let user = User { place: placed.place(), passes_on: placed.is_bridge && index > 0 };
            match users.get(&target) {
                Some(other) if !(other.passes_on && user.passes_on) => {
                    let User { place, .. } = user;
                    return Some(format!(
                        "\"{}\" and \"{place}\" are both wired to bus {target}; remove one of them",
                        other.place
                    ));
                }
                _ => users.insert(target, user),
            };
        }
    }
    None
}

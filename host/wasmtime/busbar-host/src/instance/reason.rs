//! Why a guest ended, in words that are the same on all hosts. An engine says what the code did, which helps nobody but its
//! author.

use super::memory::MemoryLimit;
use busbar_core::guest_end::{MOST_HANDLES, NESTED_TOO_DEEPLY, too_many_handles, trapped, values_too_large};
use wasmtime::{Error, Trap};

/// Why a guest ended, as what comes after "it failed:" in a sentence for the operator.
pub fn trap_reason(error: &Error, memory: &MemoryLimit) -> String {
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => NESTED_TOO_DEEPLY.to_owned(),
        Some(trap) => memory.reason().unwrap_or_else(|| trapped(&trap_name(*trap))),
        None => values_reason(&error.root_cause().to_string(), memory.maximum_mib()),
    }
}

/// What the code did, without the engine's "wasm trap: ".
fn trap_name(trap: Trap) -> String {
    let text = trap.to_string();
    match text.strip_prefix("wasm trap: ").unwrap_or(&text) {
        "wasm `unreachable` instruction executed" => "unreachable".to_owned(),
        "out of bounds memory access" => "memory access out of bounds".to_owned(),
        other => other.to_owned(),
    }
}

/// What is wrong with the values that a guest passes, by a part of what Wasmtime says of it.
const VALUES: [(&str, &str); 8] = [
    ("pointer/length out of bounds", "a pointer leads out of the memory"),
    ("pointer out of bounds", "a pointer leads out of the memory"),
    ("length out of bounds", "a pointer leads out of the memory"),
    ("not aligned", "a pointer is not aligned"),
    ("invalid utf-8", "a string is not UTF-8"),
    ("unexpected discriminant", "a discriminant is out of the range of its cases"),
    ("used with the wrong type", "a handle is of another kind than the function takes"),
    ("unknown handle index", "a handle is none that it has"),
];

fn values_reason(said: &str, memory_mib: u32) -> String {
    if said.contains("fuel allocated for hostcalls") {
        return values_too_large(memory_mib);
    }
    if said.contains("handle limit exceeded") {
        return too_many_handles(MOST_HANDLES);
    }
    let known = VALUES.iter().find(|(part, _)| said.contains(part));
    known.map_or_else(|| said.to_owned(), |(_, reason)| (*reason).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{trap_name, values_reason};
    use wasmtime::Trap;

    #[test]
    fn a_trap_is_named_as_on_the_other_hosts() {
        assert_eq!(trap_name(Trap::UnreachableCodeReached), "unreachable");
        assert_eq!(trap_name(Trap::MemoryOutOfBounds), "memory access out of bounds");
    }

    #[test]
    fn what_is_wrong_with_values_is_said_as_on_the_other_hosts() {
        for (said, reason) in [
            ("list pointer/length out of bounds of memory", "a pointer leads out of the memory"),
            ("return pointer not aligned", "a pointer is not aligned"),
            ("cannot allocate another handle: store handle limit exceeded", "it holds more than 4096 handles"),
            (
                "too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted",
                "it passes values of more than 16 MiB in one call",
            ),
            ("what nobody knows", "what nobody knows"),
        ] {
            assert_eq!(values_reason(said, 16), reason);
        }
    }
}

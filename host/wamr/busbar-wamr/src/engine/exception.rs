use crate::trap::Trap;
use busbar_core::guest_end::{NESTED_TOO_DEEPLY, trapped};

/// What WAMR says of a guest that was told to end.
const TERMINATED: &str = "terminated by user";

/// What ended a guest, from what WAMR says of it: an operator is told the same on all hosts.
pub fn trap_of(said: &str) -> Trap {
    let said = said.strip_prefix("Exception: ").unwrap_or(said);
    match said {
        TERMINATED => Trap::Ended,
        "wasm operand stack overflow" | "native stack overflow" => Trap::failed(NESTED_TOO_DEEPLY),
        "out of bounds memory access" => Trap::failed(trapped("memory access out of bounds")),
        other => Trap::failed(trapped(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::trap_of;
    use crate::trap::Trap;

    #[test]
    fn a_trap_is_named_as_on_the_other_hosts() {
        let trapped = |name: &str| Trap::failed(format!("it trapped ({name}), which its author has to mend"));
        assert_eq!(trap_of("Exception: unreachable"), trapped("unreachable"));
        assert_eq!(trap_of("Exception: out of bounds memory access"), trapped("memory access out of bounds"));
        let nested = Trap::failed("its calls are nested too deeply, which its author has to mend");
        assert_eq!(trap_of("Exception: wasm operand stack overflow"), nested);
        assert_eq!(trap_of("Exception: terminated by user"), Trap::Ended);
    }
}

use super::Errno;

/// What an errno of a transaction means on a bus, whose codes are `Code`.
pub(in crate::bus) struct ErrnoMeaning<Code> {
    errno: i32,
    /// What the guest gets.
    code: Code,
    /// One clause for people: what happened and, where something can be done, what.
    meaning: &'static str,
}

/// One line of a bus's table.
pub(in crate::bus) const fn means<Code: Copy>(errno: i32, code: Code, meaning: &'static str) -> ErrnoMeaning<Code> {
    ErrnoMeaning { errno, code, meaning }
}

/// What the table of a bus says of it; of what it does not name, that it failed, and `otherwise` as its code.
pub(in crate::bus) fn meaning_of<Code: Copy>(
    table: &[ErrnoMeaning<Code>],
    errno: Errno,
    otherwise: Code,
) -> (Code, &'static str) {
    known_meaning(table, errno).unwrap_or((otherwise, "the transaction failed"))
}

/// What the table of a bus says of it; none of what it does not name.
pub(in crate::bus) fn known_meaning<Code: Copy>(
    table: &[ErrnoMeaning<Code>],
    errno: Errno,
) -> Option<(Code, &'static str)> {
    table.iter().find(|each| each.errno == errno.0).map(|known| (known.code, known.meaning))
}

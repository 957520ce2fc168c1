use super::{GpioDirection, GpioLineGrant, GpioLineName};
use crate::board::Board;
use crate::text::quoted;

/// What a board's lines contradict: a line that two would drive, or an entry that is wired to nothing at all. Gives what is wrong, as a
/// sentence without its end.
pub(crate) fn refuse_shared_lines(board: &Board) -> Option<String> {
    let mut owners: Vec<(&GpioLineGrant, String)> = Vec::new();
    for placed in board.entries() {
        let Some(grant) = &placed.entry.gpio else { continue };
        let entry = placed.place();
        if grant.lines.is_empty() {
            return Some(format!("\"{entry}\" is wired to no GPIO line; add one to its \"lines\""));
        }
        for (key, line) in &grant.lines {
            let named = format!("the line \"{key}\" of \"{entry}\"");
            if line.debounce_ms.is_some() && line.direction != GpioDirection::In {
                return Some(format!("{named} is no mere input; remove its \"debounceMs\""));
            }
            if line.drive.is_some() && line.direction == GpioDirection::In {
                return Some(format!("{named} is no output; remove its \"drive\""));
            }
            let owner = owners.iter().find(|(owned, _)| owned.chip == line.chip && owned.line == line.line);
            if let Some((_, first)) = owner {
                let place = describe_line(line);
                return Some(format!("{first} and {named} are both {place}; remove one of them"));
            }
            owners.push((line, named));
        }
    }
    None
}

/// Which line it is, as people read it: 'line 17 of chip 0'.
pub fn describe_line(GpioLineGrant { chip, line, .. }: &GpioLineGrant) -> String {
    let line = match line {
        GpioLineName::Offset(offset) => offset.to_string(),
        GpioLineName::Name(name) => quoted(name),
    };
    format!("line {line} of chip {}", chip.shown())
}

use super::{GpioDirection, GpioGrant};
use crate::grants::{Denied, Verdict};
use crate::text::{cut, quoted};
use crate::trace::LONGEST_NAME;
use alloc::format;

/// A pin that a driver asks for.
#[derive(Debug, Clone, Copy)]
pub struct GpioCall<'a> {
    /// The line's name in the entry.
    pub line: &'a str,
    pub direction: GpioDirection,
}

/// What of a call is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpioDenial {
    Line,
    Direction,
}

impl GpioDenial {
    /// As the audit has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Direction => "direction",
        }
    }
}

/// Decides whether a grant covers a pin.
///
/// Gives the first thing that is not granted, in the order line, direction. `enforce` is false for complain mode: the direction is then
/// told and allowed.
pub fn judge_gpio(grant: Option<&GpioGrant>, call: GpioCall<'_>, enforce: bool) -> Verdict<GpioDenial> {
    let GpioCall { line, direction } = call;
    let Some(granted) = grant.and_then(|grant| grant.line(line)) else {
        // A driver can ask for a name of any length.
        let reason = format!("the line {} is not granted", quoted(&cut(line, LONGEST_NAME)));
        return Verdict::Denied(Denied::new(GpioDenial::Line, reason));
    };
    if granted.direction.covers(direction) {
        return Verdict::Allowed;
    }
    let (asked, only) = (direction.name(), granted.direction.name());
    let reason = format!("\"{asked}\" is not granted for the line \"{line}\", only \"{only}\" is");
    let denied = Denied::new(GpioDenial::Direction, reason);
    if enforce { Verdict::Denied(denied) } else { Verdict::WouldBeDenied(denied) }
}

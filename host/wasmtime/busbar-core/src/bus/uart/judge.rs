use super::{FASTEST_UART, LONGEST_UART_LENGTH, SLOWEST_UART, UartGrant};
use crate::bus::Direction;
use crate::grants::{Denied, Enforced, Verdict};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a driver asks of its port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UartCall {
    /// The most bytes that it takes.
    Read(u32),
    /// How many bytes it has.
    Write(u32),
    /// Waits until all was sent.
    Drain,
    /// Forgets what was received.
    Discard,
    /// In bits per second.
    SetBaudRate(u32),
}

impl UartCall {
    /// What people call it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Write(_) => "write",
            Self::Drain => "drain",
            Self::Discard => "discard",
            Self::SetBaudRate(_) => "set-baud-rate",
        }
    }

    /// Whether it is about what is received.
    pub(crate) fn reads(self) -> bool {
        matches!(self, Self::Read(_) | Self::Discard)
    }

    /// Whether it is about what is sent.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Write(_) | Self::Drain)
    }

    /// How many bytes it moves; 0 where it moves none.
    pub(crate) fn length(self) -> u32 {
        match self {
            Self::Read(length) | Self::Write(length) => length,
            Self::Drain | Self::Discard | Self::SetBaudRate(_) => 0,
        }
    }
}

/// What of a call is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UartDenial {
    Port,
    Direction,
    Length,
    BaudRate,
}

impl UartDenial {
    /// As the audit has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Direction => "direction",
            Self::Length => "length",
            Self::BaudRate => "baud-rate",
        }
    }
}

/// Decides whether a grant covers a call.
///
/// Gives the first thing that is not granted, in the order port, direction, length or speed. `enforce` is false for complain mode: direction,
/// length and speed are then told and allowed, within what any entry could grant.
pub fn judge_uart(grant: Option<&UartGrant>, call: UartCall, enforce: bool) -> Verdict<UartDenial> {
    let Some(grant) = grant else {
        return Verdict::Denied(Denied::new(UartDenial::Port, "no serial port is granted"));
    };
    let is_listed = |rate| rate == grant.baud_rate || grant.baud_rates.contains(&rate);
    let Err(denied) = judge(grant, grant.direction, grant.maximum_length, is_listed, call) else {
        return Verdict::Allowed;
    };
    if enforce {
        return Verdict::Denied(denied);
    }
    let is_possible = |rate| (SLOWEST_UART..=FASTEST_UART).contains(&rate);
    match judge(grant, Direction::ReadWrite, LONGEST_UART_LENGTH, is_possible, call) {
        Ok(()) => Verdict::WouldBeDenied(denied),
        Err(widest) => Verdict::Denied(widest),
    }
}

fn judge(
    grant: &UartGrant,
    direction: Direction,
    maximum_length: u32,
    is_granted: impl Fn(u32) -> bool,
    call: UartCall,
) -> Enforced<UartDenial> {
    let kind = call.kind();
    if let UartCall::SetBaudRate(rate) = call {
        return if is_granted(rate) { Ok(()) } else { Err(not_that_rate(grant, rate)) };
    }
    let is_covered = match direction {
        Direction::ReadWrite => true,
        Direction::Read => call.reads(),
        Direction::Write => call.writes(),
    };
    if !is_covered {
        let reason = format!("a {kind} is not granted, only \"{}\" is", direction.name());
        return Err(Denied::new(UartDenial::Direction, reason));
    }
    if let UartCall::Read(length) | UartCall::Write(length) = call
        && !(1..=maximum_length).contains(&length)
    {
        let reason = format!("a {kind} of {length} bytes; 1 to {maximum_length} are granted");
        return Err(Denied::new(UartDenial::Length, reason));
    }
    Ok(())
}

fn not_that_rate(grant: &UartGrant, rate: u32) -> Denied<UartDenial> {
    let rates: Vec<String> = [grant.baud_rate].iter().chain(&grant.baud_rates).map(ToString::to_string).collect();
    let reason = format!("{rate} baud are not granted, only {}", rates.join(", "));
    Denied::new(UartDenial::BaudRate, reason)
}

//! Board files, as this host reads them: what it does not have is refused.

pub use busbar_core::board::*;

use busbar_core::error::HostError;
use std::path::Path;

/// The buses that this host has.
pub const BUSES: HostBuses =
    HostBuses { host: "busbar-wamr", keys: &["i2c", "usb", "spi", "gpio"], has_bridges: false };

/// [`busbar_core::board::parse_board`], for this host.
///
/// # Errors
///
/// As that, and where an entry is wired by a bus that this host does not have.
pub fn parse_board(text: &str, source: &str) -> Result<Board, HostError> {
    let board = busbar_core::board::parse_board(text, source)?;
    BUSES.check(&board, source)?;
    Ok(board)
}

/// [`busbar_core::board::read_board`], for this host.
///
/// # Errors
///
/// As that, and where an entry is wired by a bus that this host does not have.
pub fn read_board(path: impl AsRef<Path>) -> Result<Board, HostError> {
    let path = path.as_ref();
    parse_board(&read_board_text(path)?, &path.display().to_string())
}

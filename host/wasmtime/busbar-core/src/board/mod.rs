//! The board file: what is wired where, which is also the whole of what is granted.

#[cfg(feature = "std")]
mod bridges;
#[cfg(feature = "std")]
mod check;
#[cfg(feature = "std")]
pub(crate) mod checked;
mod component_name;
#[cfg(feature = "std")]
mod contradictions;
mod entry;
#[cfg(feature = "std")]
mod host_buses;
#[cfg(feature = "std")]
pub(crate) mod json;
#[cfg(feature = "std")]
mod json_parser;
#[cfg(feature = "std")]
mod parse;
#[cfg(feature = "std")]
mod read;
#[cfg(feature = "std")]
mod schema;
#[cfg(feature = "std")]
mod shown;
#[cfg(feature = "std")]
mod text;

pub use component_name::ComponentName;
#[cfg(feature = "std")]
pub use contradictions::refuse_contradictions as check_board;
pub use entry::{
    AppEntry, Board, DeviceEntry, FolderGrant, LONGEST_USB_TRANSFER, Limits, MOST_USB_TRANSFERS, PlacedEntry,
    SimulateEntry, SimulatedAt, UsbAllowance, UsbGrant,
};
#[cfg(feature = "std")]
pub use host_buses::HostBuses;
#[cfg(feature = "std")]
pub use parse::{parse_board, parse_strict_json};
#[cfg(feature = "std")]
pub use read::{folder_of_board, read_board, read_board_text};
#[cfg(feature = "std")]
pub use text::LONGEST_BOARD;

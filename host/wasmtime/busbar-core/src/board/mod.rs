//! The board file: what is wired where, which is also the whole of what is granted.

mod check;
mod checked;
mod contradictions;
mod entry;
mod json;
mod json_parser;
mod parse;
mod read;
mod schema;
mod shown;
mod text;

pub use contradictions::refuse_contradictions as check_board;
pub use entry::{
    AppEntry, Board, DeviceEntry, Direction, FolderGrant, I2cGrant, LONGEST_I2C_LENGTH, LONGEST_USB_TRANSFER, Limits,
    MOST_USB_TRANSFERS, SimulateEntry, SimulatedAt, UsbAllowance, UsbGrant,
};
pub use parse::{parse_board, parse_strict_json};
pub use read::{folder_of_board, read_board, read_board_text};
pub use text::LONGEST_BOARD;

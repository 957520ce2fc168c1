//! The board file: what is wired where, which is also the whole of what is granted.

mod entry;

pub use entry::{
    AppEntry, Board, DeviceEntry, Direction, FolderGrant, I2cGrant, LONGEST_I2C_LENGTH, LONGEST_USB_TRANSFER, Limits,
    MOST_USB_TRANSFERS, SimulateEntry, SimulatedAt, UsbAllowance, UsbGrant,
};

//! What drivers import, implemented: every call is judged against the entry of the board file.

pub mod board_uart;
pub mod bridged_gpio;
mod busbar_board;
pub mod component_usb;
mod drives_buses;
pub mod wasi_gpio;
pub mod wasi_i2c;
mod wasi_poll;
pub mod wasi_spi;

pub use drives_buses::{Buses, DrivesBuses, HasBuses};

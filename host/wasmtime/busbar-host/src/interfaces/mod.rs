//! What drivers import, implemented: every call is judged against the entry of the board file.

mod busbar_board;
pub mod component_usb;
pub mod wasi_i2c;

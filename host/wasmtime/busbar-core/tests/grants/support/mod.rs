//! Reads host/verdicts, and makes out of it what the judges take.

mod entries;
#[path = "../../support/random.rs"]
mod random;
mod tables;
mod usb_calls;

pub use entries::{device_entry, folder_grant, gpio_direction, uart_call, usb_grant};
pub use random::Random;
pub use tables::{check, expected, flag, hex_bytes, list, operation, outcome, spi_operation, text};
pub use usb_calls::{hex_number, usb_call, usb_devices};

//! The buses: for each, all that is known of it lies in one folder, and what there is of any bus lies here.

mod access;
#[cfg(feature = "std")]
mod backends;
mod direction;
pub mod i2c;
mod opened;
#[cfg(feature = "std")]
pub mod usb;

pub use access::BusAccess;
#[cfg(feature = "std")]
pub use backends::Backends;
pub use direction::Direction;
pub use opened::OpenedBuses;

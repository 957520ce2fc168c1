//! The buses: for each, all that is known of it lies in one folder, and what there is of any bus lies here.

mod access;
#[cfg(feature = "std")]
mod backends;
mod bus_name;
mod directed_use;
mod direction;
pub mod gpio;
pub mod i2c;
mod later;
#[cfg(feature = "std")]
mod linux;
mod opened;
pub mod spi;
pub mod uart;
#[cfg(feature = "std")]
pub mod usb;

pub use access::BusAccess;
#[cfg(feature = "std")]
pub use backends::Backends;
pub use bus_name::BusName;
pub use directed_use::DirectedUse;
pub use direction::Direction;
pub use later::Later;
pub(crate) use later::at_once;
pub use opened::OpenedBuses;

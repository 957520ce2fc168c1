//! Devices for apps, by one forwarder that knows no interface: what an app imports of busbar:device goes, as values, to the
//! driver that the board wires to the name that was opened.
//!
//! All it relies on is what every interface of busbar:device has: `open: func(name: string) -> result<device, error>`, a
//! resource `device`, and `close` among its methods. See [`DeviceShape`].

mod errors;
mod find;
mod forward;
mod opened;
mod shape;
mod told;

pub use forward::link_devices;
pub use opened::OpenedDevice;
pub use shape::DeviceShape;

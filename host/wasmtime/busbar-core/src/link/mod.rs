//! What a component may import, and whether it drives a device: decided before anything of it runs.

#[cfg(feature = "std")]
mod app;
#[cfg(feature = "std")]
mod app_offers;
#[cfg(feature = "std")]
mod bus_offers;
#[cfg(feature = "std")]
mod controller;
#[cfg(feature = "std")]
mod driver;
mod grant;
mod interface_name;
#[cfg(feature = "std")]
mod offers;

#[cfg(feature = "std")]
pub use app::{AppLink, is_app, link_app};
#[cfg(feature = "std")]
pub use app_offers::{AppGrants, app_offers, driven_devices};
#[cfg(feature = "std")]
pub use controller::Controller;
#[cfg(feature = "std")]
pub use driver::{DeviceKind, Link, exported_device, is_callable, link, link_bridge};
pub use grant::{Asking, ComponentInterface, Extern, ExternKind, Offer, Place, granted_offers};
pub use interface_name::{InterfaceName, parse_interface_name, serves};
#[cfg(feature = "std")]
pub use offers::{DeviceInterface, device_interfaces, driver_offers};

//! What a component may import, and whether it drives a device: decided before anything of it runs.

mod app;
mod app_offers;
mod bus_offers;
mod driver;
mod grant;
mod interface_name;
mod offers;

pub use app::{AppLink, link_app};
pub use app_offers::{AppGrants, app_offers, driven_devices};
pub use driver::{DeviceKind, Link, is_callable, link};
pub use grant::{Asking, ComponentInterface, Extern, ExternKind, Offer, Place, granted_offers};
pub use interface_name::{InterfaceName, parse_interface_name, serves};
pub use offers::{DeviceInterface, device_interfaces, driver_offers};

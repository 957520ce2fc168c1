//! Tells over HTTP how the devices and apps of a run are.

mod http;
mod place;
mod report;
mod server;

pub use http::{Answer, ask};
pub use place::{HealthPlace, socket_address};
pub use report::{BoardHealth, is_well};
pub use server::{HealthServer, serve_health};

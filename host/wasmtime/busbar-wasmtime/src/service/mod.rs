//! Being looked after: by systemd, over HTTP, and in a record of what was needed.

mod care;
mod manager;
mod schedule;
mod tell;

pub use care::{Care, CareOptions};

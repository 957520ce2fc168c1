//! What a confined process cannot do itself any more. A second process of this command, which was started before, does it, and
//! takes no other orders than these: read the board file again, bring the code of a component that it names, keep the record
//! of what devices needed, take the socket of `--health` away. No driver runs in it, and no path comes from the process that
//! drivers run in.

mod client;
mod message;
mod serve;

pub use client::Outside;
pub use serve::{OutsideOptions, serve};

//! Where the command writes; what it has beside the commands of the other hosts: what is drawn in place.

mod plot;
mod watch_view;

pub use busbar_command::output::*;
pub use watch_view::{WatchView, WatchViewOptions};

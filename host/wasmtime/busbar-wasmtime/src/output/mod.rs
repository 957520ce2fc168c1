//! Where the command writes; what it has beside the commands of the other hosts: what apps print, and what is drawn in place.

mod app_printer;
mod line_buffer;
mod plot;
mod printing;
mod watch_view;

pub use app_printer::{AppErrorPrinter, AppPrinter};
pub use busbar_command::output::*;
pub use printing::Printing;
pub use watch_view::{WatchView, WatchViewOptions};

//! GPIO: what the host needs from a platform to reach lines, which Linux and the simulator each implement, and what stands between a component
//! and its lines.

#[cfg(feature = "std")]
mod access;
#[cfg(feature = "std")]
mod arrival;
#[cfg(feature = "std")]
mod backend;
mod chip_name;
#[cfg(feature = "std")]
mod edges;
#[cfg(feature = "std")]
mod error;
mod grant;
mod judge;
#[cfg(feature = "std")]
mod line;
#[cfg(feature = "std")]
pub mod linux;
#[cfg(feature = "std")]
mod offers;
#[cfg(feature = "std")]
mod open;
#[cfg(feature = "std")]
mod opened;
#[cfg(feature = "std")]
mod shared_lines;
#[cfg(feature = "std")]
mod state;
#[cfg(all(test, feature = "std"))]
mod tests;
mod use_made;
#[cfg(feature = "std")]
mod watchers;

#[cfg(feature = "std")]
pub(crate) use access::judge_pin;
#[cfg(feature = "std")]
pub use backend::{EdgeListener, GpioBackend, GpioEdge, GpioLine, GpioLineUse};
pub use chip_name::gpio_chip_name;
#[cfg(feature = "std")]
pub use edges::Edges;
#[cfg(feature = "std")]
pub use error::{GpioError, GpioErrorCode};
pub use grant::{ActiveLevel, Drive, GpioDirection, GpioGrant, GpioLineGrant, GpioLineName, Pull};
pub use judge::{GpioCall, GpioDenial, judge_gpio};
#[cfg(feature = "std")]
pub use line::OpenedLine;
#[cfg(feature = "std")]
pub(crate) use offers::{app_offers, driver_offers};
#[cfg(feature = "std")]
pub use open::{open_gpio, open_own_pin};
#[cfg(feature = "std")]
pub use opened::OpenedGpio;
#[cfg(feature = "std")]
pub use shared_lines::describe_line;
#[cfg(feature = "std")]
pub(crate) use shared_lines::refuse_shared_lines;
#[cfg(feature = "std")]
pub use state::{GpioLevel, GpioState};
pub use use_made::GpioUse;
#[cfg(feature = "std")]
pub use watchers::StateEdge;

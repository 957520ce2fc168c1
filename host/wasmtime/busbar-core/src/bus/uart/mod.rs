//! Serial ports (UART): what the host needs from a platform to reach them, which Linux and the simulator each implement, and what stands
//! between a component and its port.

#[cfg(feature = "std")]
mod access;
#[cfg(feature = "std")]
mod backend;
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
mod port_name;
#[cfg(feature = "std")]
mod shared_ports;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "std")]
mod trial_port;
mod use_made;
#[cfg(feature = "std")]
mod wiring;

#[cfg(feature = "std")]
pub use backend::{Later, UartBackend, UartEvent, UartLineSettings, UartPort, UartUsage, UartWatch};
#[cfg(feature = "std")]
pub use error::{UartError, UartErrorCode};
pub use grant::{FASTEST_UART, FlowControl, LONGEST_UART_LENGTH, Parity, SLOWEST_UART, UartGrant};
pub use judge::{UartCall, UartDenial, judge_uart};
#[cfg(feature = "std")]
pub use line::UartLine;
#[cfg(feature = "std")]
pub(crate) use offers::{GRANT_LINE, offers};
#[cfg(feature = "std")]
pub use open::open_own_uart;
#[cfg(feature = "std")]
pub use opened::OpenedUart;
pub use port_name::uart_port_name;
#[cfg(feature = "std")]
pub(crate) use shared_ports::refuse_shared_ports;
pub use use_made::UartUse;
#[cfg(feature = "std")]
pub use wiring::UartWiring;

//! Serial ports as far as a board says it: its grants, what they cover, and what contradicts them. No host in Rust has its ports yet; each
//! refuses by name a board that is wired by them.

mod grant;
mod judge;
#[cfg(feature = "std")]
mod offers;
mod port_name;
#[cfg(feature = "std")]
mod shared_ports;
mod use_made;

pub use grant::{FASTEST_UART, FlowControl, LONGEST_UART_LENGTH, Parity, SLOWEST_UART, UartGrant};
pub use judge::{UartCall, UartDenial, judge_uart};
#[cfg(feature = "std")]
pub(crate) use offers::{GRANT_LINE, offers};
pub use port_name::uart_port_name;
#[cfg(feature = "std")]
pub(crate) use shared_ports::refuse_shared_ports;
pub use use_made::UartUse;

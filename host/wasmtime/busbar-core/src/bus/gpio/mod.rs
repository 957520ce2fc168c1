//! GPIO as far as a board says it: its grants, what they cover, and what contradicts them. No host in Rust has its lines yet; each refuses
//! by name a board that is wired by them.

mod chip_name;
mod grant;
mod judge;
#[cfg(feature = "std")]
mod offers;
#[cfg(feature = "std")]
mod shared_lines;
mod use_made;

pub use chip_name::gpio_chip_name;
pub use grant::{ActiveLevel, Drive, GpioDirection, GpioGrant, GpioLine, GpioLineGrant, Pull};
pub use judge::{GpioCall, GpioDenial, judge_gpio};
#[cfg(feature = "std")]
pub(crate) use offers::{app_offers, driver_offers};
#[cfg(feature = "std")]
pub(crate) use shared_lines::refuse_shared_lines;
pub use use_made::GpioUse;

//! What the command does.

pub mod arguments;
pub mod call;
pub mod compile;
pub mod doctor;
pub mod inspect;
pub mod keep;
pub mod read;
pub mod run;
mod session;

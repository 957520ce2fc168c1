//! The GPIO chips of a board's `simulate` list.

mod chip;
mod faults;
mod line;
mod lines;
#[cfg(test)]
mod tests;
mod timeline;

pub(super) use chip::SimulatedGpioChip;
pub(super) use faults::{GPIO_KINDS, GpioFault};
pub(super) use line::SimulatedGpioLine;
pub(super) use lines::Lines;

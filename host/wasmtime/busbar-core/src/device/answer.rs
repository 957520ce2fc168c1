//! What drivers answer: the types of busbar:device say its form, and here is what else has to hold so that it makes sense.
//! What does not is a `protocol` error that names the device; the driver goes on.

use super::DeviceError;
use crate::text::cut;
use alloc::format;
use alloc::string::String;

/// What a maker, a product or a serial number is called: no longer than this, in UTF-16 code units.
const LONGEST_NAME: usize = 200;

/// Refuses an answer of a driver that makes no sense. `what` goes on after "the driver".
pub fn require_answer(device: &str, makes_sense: bool, what: impl FnOnce() -> String) -> Result<(), DeviceError> {
    if makes_sense {
        return Ok(());
    }
    Err(DeviceError::protocol(device, format!("the driver {}; its author has to mend that", what())))
}

/// The name of a maker, a product, a model: cut where it is longer than any is.
pub fn short_name(text: &str) -> String {
    cut(text, LONGEST_NAME)
}

/// [`short_name`] of each.
pub fn shorten<const COUNT: usize>(texts: [&mut String; COUNT]) {
    for text in texts {
        *text = short_name(text);
    }
}

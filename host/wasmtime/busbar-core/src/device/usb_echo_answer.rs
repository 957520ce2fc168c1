//! What a driver tells of a device that sends back what it is sent, so far as that makes sense.

use super::DeviceError;
use super::answer::require_answer;

/// Checks that a device has one pipe or both.
pub fn require_pipes<Pipe: PartialEq>(name: &str, pipes: &[Pipe]) -> Result<(), DeviceError> {
    let is_set = match pipes {
        [_] => true,
        [first, second] => first != second,
        _ => false,
    };
    require_answer(name, is_set, || format!("lists {} pipes, of which each is to be one of two", pipes.len()))
}

/// Checks that as much came back as was sent, in bytes.
pub fn require_all_back(name: &str, back: usize, sent: usize) -> Result<(), DeviceError> {
    require_answer(name, back == sent, || format!("gives {back} bytes where {sent} were sent"))
}

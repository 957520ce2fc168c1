//! Why a guest ended, or does not start, in words that are the same on all hosts. An engine says what the code did, which helps
//! nobody but its author. What ends a running guest is what comes after "it failed:" in a sentence for the operator.

use crate::error::HostError;
use alloc::format;
use alloc::string::String;

/// The most handles that a guest may have at a time.
pub const MOST_HANDLES: usize = 4096;

/// Its stack is full.
pub const NESTED_TOO_DEEPLY: &str = "its calls are nested too deeply, which its author has to mend";

/// Its code did what no code may: what, as engines call it.
pub fn trapped(name: &str) -> String {
    format!("it trapped ({name}), which its author has to mend")
}

/// It got no more memory than its limit.
pub fn memory_refused(limit_mib: u32) -> String {
    let more = format!("set \"limits\": {{ \"memoryMiB\": {} }} or more", u64::from(limit_mib) * 2);
    format!("it needs more than its {limit_mib} MiB of memory; {more}")
}

/// What it passes to the host in one call is more than its memory may be.
pub fn values_too_large(limit_mib: u32) -> String {
    format!("it passes values of more than {limit_mib} MiB in one call")
}

/// It keeps what it is given. `most` is how many handles it may have.
pub fn too_many_handles(most: usize) -> String {
    format!("it holds more than {most} handles")
}

/// A call of it took too long.
pub fn took_too_long(limit_ms: u128) -> String {
    format!("the driver took longer than its limit of {limit_ms} ms")
}

/// It does not start: it needs more memory than it may have. `label` is how messages name the component.
pub fn memory_needed(device: &str, label: &str, needed_mib: usize) -> HostError {
    HostError::component(format!(
        "{device}: {label} needs {needed_mib} MiB of memory; set \"limits\": {{ \"memoryMiB\": {needed_mib} }} or more."
    ))
}

/// It does not start, as one sentence that names the device or app.
pub fn start_failure(device: &str, label: &str, reason: &str) -> HostError {
    HostError::component(format!("{device}: {label} does not start: {reason}."))
}

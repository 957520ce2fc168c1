use crate::device::{ContactChange, DeviceError, Told, require_changes};

/// What it tells of its changes.
const NEXT_CHANGES: &str = "[method]device.next-changes";

pub fn require<'a>(device: &str, method: &str, answer: impl Told<'a>) -> Result<Option<()>, DeviceError> {
    if method != NEXT_CHANGES {
        return Ok(Some(()));
    }
    let changes = answer.given().and_then(|told| told.field("changes")?.all(change));
    changes.map(|changes| require_changes(device, &changes)).transpose()
}

fn change<'a>(told: impl Told<'a>) -> Option<ContactChange> {
    Some(ContactChange { closed: told.field("closed")?.truth()?, time_ms: told.field("time-ms")?.double()? })
}

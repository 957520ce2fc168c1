//! What the programs for tools/lab do alike, of both hosts.

use busbar_core::trace::BoardEvent;

/// Prints "event DEVICE TURN: WHY" for a turn in a driver's life, and what was denied or warned of.
pub fn print_event(event: &BoardEvent) {
    match event {
        BoardEvent::Lifecycle(event) => {
            let reason = event.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            println!("event {} {}{reason}", event.device, event.event.name());
        }
        BoardEvent::Audit(event) => println!("denied {} {}: {}", event.device, event.call, event.reason),
        BoardEvent::Warning(event) => println!("warning {}: {}", event.device, event.message),
    }
}

/// Different bytes at different places.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index.wrapping_mul(7) >> 3) as u8 ^ index as u8).collect()
}

/// The scenario and the board of the command line.
pub fn parameters() -> Result<(String, String), &'static str> {
    let mut parameters = std::env::args().skip(1);
    let scenario = parameters.next().ok_or("the scenario is missing")?;
    Ok((scenario, parameters.next().ok_or("the board is missing")?))
}

//! What the controllers have in common that drivers of bridges export: busbar:device/i2c-controller, spi-controller and gpio-controller.

use super::{DeviceError, require_answer};
use crate::text::cut;

/// A sentence of the driver's about one transaction; in UTF-16 code units.
const LONGEST_MESSAGE: usize = 500;

/// As many lines as any chip of Linux has.
const MOST_LINES: usize = 65_536;

/// What a driver says of one transaction that failed: "dongle: reading 8 bytes from 0x76 failed", cut where it is longer than any is.
pub fn failure_sentence(device: &str, message: &str) -> String {
    format!("{device}: {}", cut(message, LONGEST_MESSAGE))
}

/// How many buses a driver has: at least one.
///
/// # Errors
///
/// `protocol` where it has none.
pub fn require_buses(device: &str, count: u8) -> Result<(), DeviceError> {
    require_answer(device, count >= 1, || "has no bus".to_owned())
}

/// What a driver received in a transaction: one list for each of `lengths`, in their order, exactly as long.
///
/// # Errors
///
/// `protocol` where it is something else.
pub fn require_received(
    device: &str,
    received: &[Vec<u8>],
    lengths: impl Iterator<Item = usize>,
) -> Result<(), DeviceError> {
    let is_whole = received.iter().map(Vec::len).eq(lengths);
    require_answer(device, is_whole, || "gave other bytes than were asked for".to_owned())
}

/// The names of a driver's GPIO lines: 1 to 65536.
///
/// # Errors
///
/// `protocol` where there are none, or more.
pub fn require_lines(device: &str, count: usize) -> Result<(), DeviceError> {
    require_answer(device, (1..=MOST_LINES).contains(&count), || format!("has {count} lines"))
}

#[cfg(test)]
mod tests {
    use super::{failure_sentence, require_buses, require_lines, require_received};

    #[test]
    fn a_sentence_of_a_failure_is_cut() {
        assert_eq!(failure_sentence("dongle", "nobody is there"), "dongle: nobody is there");
        assert_eq!(failure_sentence("dongle", &"x".repeat(600)), format!("dongle: {}…", "x".repeat(500)));
    }

    #[test]
    fn what_makes_no_sense_is_said_of_the_driver() {
        let said = |result: Result<(), super::DeviceError>| result.map_err(|error| error.to_string());
        let author = "its author has to mend that";
        assert_eq!(said(require_buses("mux", 1)), Ok(()));
        assert_eq!(said(require_buses("mux", 0)), Err(format!("mux: the driver has no bus; {author}")));
        let received = |lists: &[usize], asked: &[usize]| {
            let lists: Vec<Vec<u8>> = lists.iter().map(|length| vec![0; *length]).collect();
            said(require_received("mux", &lists, asked.iter().copied()))
        };
        let other = Err(format!("mux: the driver gave other bytes than were asked for; {author}"));
        assert_eq!(received(&[2, 1], &[2, 1]), Ok(()));
        assert_eq!(received(&[], &[]), Ok(()));
        for (lists, asked) in [(&[2][..], &[3][..]), (&[2, 1], &[2]), (&[2], &[2, 1]), (&[1, 2], &[2, 1])] {
            assert_eq!(received(lists, asked), other);
        }
        assert_eq!(said(require_lines("mux", 4)), Ok(()));
        assert_eq!(said(require_lines("mux", 0)), Err(format!("mux: the driver has 0 lines; {author}")));
        assert_eq!(said(require_lines("mux", 65_537)), Err(format!("mux: the driver has 65537 lines; {author}")));
    }
}

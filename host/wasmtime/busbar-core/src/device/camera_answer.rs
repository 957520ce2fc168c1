//! In what ways a camera can be started, so far as that makes sense.

use super::DeviceError;
use super::answer::require_answer;

/// In pixels.
const LARGEST_SIDE: u32 = 65_535;
const MOST_MODES: usize = 1024;

/// Checks the modes of a camera: width and height in pixels, and the milliseconds from one picture to the next.
pub fn require_modes(name: &str, modes: impl ExactSizeIterator<Item = (u32, u32, f64)>) -> Result<(), DeviceError> {
    let count = modes.len();
    require_answer(name, (1..=MOST_MODES).contains(&count), || {
        format!("lists {count} modes, and a camera has 1 to {MOST_MODES}")
    })?;
    for (width, height, interval_ms) in modes {
        let is_picture = [width, height].iter().all(|side| (1..=LARGEST_SIDE).contains(side));
        require_answer(name, is_picture && interval_ms.is_finite() && interval_ms > 0.0, || {
            format!("lists a mode of {width} x {height} pixels every {interval_ms} ms")
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::require_modes;

    fn judged(modes: &[(u32, u32, f64)]) -> Option<String> {
        require_modes("webcam", modes.iter().copied()).err().map(|error| error.message)
    }

    #[test]
    fn modes_have_to_make_sense() {
        let own = |rest: &str| Some(format!("the driver {rest}; its author has to mend that"));
        assert_eq!(judged(&[(640, 480, 33.3), (65_535, 1, 0.1)]), None);
        assert_eq!(judged(&[]), own("lists 0 modes, and a camera has 1 to 1024"));
        assert_eq!(judged(&[(640, 480, 33.3); 1025]), own("lists 1025 modes, and a camera has 1 to 1024"));
        assert_eq!(judged(&[(640, 480, 33.0), (0, 480, 40.0)]), own("lists a mode of 0 x 480 pixels every 40 ms"));
        assert_eq!(judged(&[(640, 65_536, 40.0)]), own("lists a mode of 640 x 65536 pixels every 40 ms"));
        assert_eq!(judged(&[(640, 480, 0.0)]), own("lists a mode of 640 x 480 pixels every 0 ms"));
        assert_eq!(judged(&[(640, 480, f64::NAN)]), own("lists a mode of 640 x 480 pixels every NaN ms"));
    }
}

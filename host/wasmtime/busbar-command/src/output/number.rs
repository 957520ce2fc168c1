use busbar_core::device::Channel;

/// No sensor has more; what a driver claims beyond it is noise.
const MOST_DECIMALS: f64 = 9.0;
/// A number larger than this, or one that is none, is no measurement that lines up in a column.
const LARGEST_PLAIN: f64 = 1e12;
const WIDEST: usize = 14;

/// A channel's value with the decimals that its resolution makes meaningful: 22.51 for a step of 0.005.
pub fn format_value(channel: &Channel, value: f64) -> String {
    if !value.is_finite() || value.abs() >= LARGEST_PLAIN {
        return busbar_core::text::number(value);
    }
    to_fixed(value, decimals_of(channel))
}

/// The widest that a value within the channel's range gets, so that columns stay where they are.
pub fn width_of(channel: &Channel) -> usize {
    let width = |value| format_value(channel, value).chars().count();
    width(channel.minimum).max(width(channel.maximum)).min(WIDEST)
}

/// As JavaScript's `toFixed`, which rounds a tie of the number itself away from zero, where Rust rounds it to even, and which
/// never writes "-0".
pub(crate) fn to_fixed(value: f64, decimals: usize) -> String {
    let decimal_places = i32::try_from(decimals).unwrap_or(0);
    let scale = 10_f64.powi(decimal_places);
    let scaled = value * scale;
    // (2n + 1) / (2 * 10^d) has a denominator of 2^(d + 1) where it is a binary number at all: 0.125, but not 1.45.
    let is_binary = (value * 2_f64.powi(decimal_places + 1)).fract() == 0.0;
    let is_tie = is_binary && scaled.fract().abs() == 0.5;
    let text = if is_tie {
        format!("{:.decimals$}", (scaled.trunc() + scaled.signum()) / scale)
    } else {
        format!("{value:.decimals$}")
    };
    if value == 0.0 { text.trim_start_matches('-').to_owned() } else { text }
}

fn decimals_of(channel: &Channel) -> usize {
    let resolution = channel.resolution;
    if !(resolution > 0.0 && resolution.is_finite()) {
        return 3;
    }
    (-resolution.log10()).floor().clamp(0.0, MOST_DECIMALS) as usize
}

#[cfg(test)]
mod tests {
    use super::{format_value, to_fixed, width_of};
    use busbar_core::device::{Channel, Quantity};

    fn channel(resolution: f64) -> Channel {
        let (quantity, label) = (Quantity::Temperature, "temperature".to_owned());
        Channel { quantity, label, minimum: -40.0, maximum: 85.0, resolution }
    }

    #[test]
    fn a_value_has_the_decimals_of_its_resolution() {
        assert_eq!(format_value(&channel(0.005), 22.508_77), "22.51");
        assert_eq!(format_value(&channel(0.01), 22.508_77), "22.51");
        assert_eq!(format_value(&channel(1.0), 101_325.204), "101325");
        assert_eq!(format_value(&channel(0.0), 1.0), "1.000");
        assert_eq!(format_value(&channel(0.1), f64::NAN), "NaN");
        assert_eq!(format_value(&channel(0.1), 1e12), "1000000000000");
    }

    #[test]
    fn ties_go_away_from_zero() {
        assert_eq!(to_fixed(0.125, 2), "0.13");
        assert_eq!(to_fixed(-2.5, 0), "-3");
        assert_eq!(to_fixed(1.625, 2), "1.63");
        assert_eq!(to_fixed(1.005, 2), "1.00");
        assert_eq!(to_fixed(1.45, 1), "1.4");
        assert_eq!(to_fixed(-0.0, 1), "0.0");
        assert_eq!(to_fixed(-0.01, 1), "-0.0");
    }

    #[test]
    fn a_column_is_as_wide_as_its_widest_value() {
        assert_eq!(width_of(&channel(0.01)), 6);
    }
}

use super::number::to_fixed;

/// A duration for people: "0.2 s", "45 s", "3 min", "2 h".
pub fn duration(ms: f64) -> String {
    let seconds = ms / 1e3;
    let minutes = seconds / 60.0;
    match seconds {
        _ if seconds < 10.0 => format!("{} s", to_fixed(seconds, 1)),
        _ if seconds < 120.0 => format!("{} s", seconds.round()),
        _ if minutes < 120.0 => format!("{} min", minutes.round()),
        _ => format!("{} h", (minutes / 60.0).round()),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_is_as_long_as_people_say_it() {
        assert_eq!([200.0, 45_000.0, 180_000.0, 7_200_000.0].map(duration), ["0.2 s", "45 s", "3 min", "2 h"]);
        assert_eq!(duration(250.0), "0.3 s");
    }
}

use crate::support::Random;
use busbar_core::grants::{RateLimit, UseRecorder};

/// The most of these that lie within one second, wherever it begins.
fn densest(times: &[f64]) -> usize {
    let within = |start: &f64| times.iter().filter(|time| *time >= start && *time - start < 1000.0).count();
    times.iter().map(within).max().unwrap_or(0)
}

#[test]
fn no_second_has_more_than_is_granted_and_nothing_is_lost_by_it() {
    let mut random = Random::new(0x4a7e);
    for per_second in [1, 2, 5, 40] {
        let mut limit = RateLimit::new(per_second);
        let mut taken = Vec::new();
        let mut now = 0.0;
        for _ in 0..3000 {
            let before: usize = taken.iter().filter(|time| now - *time < 1000.0).count();
            let is_taken = limit.take(now);
            assert_eq!(is_taken, before < per_second as usize);
            if is_taken {
                taken.push(now);
            }
            now += random.pick(&[0.0, 0.0, 0.0, 0.0, 0.25, 7.0, 90.5]);
        }
        assert_eq!(densest(&taken), per_second as usize);
    }
}

#[test]
fn a_recorder_notes_the_densest_second() {
    let mut random = Random::new(0x4ec);
    for _ in 0..50 {
        let mut recorder = UseRecorder::default();
        let mut now = 0.0;
        let times: Vec<f64> = random.list(200, |random| {
            now += random.pick(&[0.0, 0.5, 13.0, 250.0, 1000.0]);
            now
        });
        times.iter().for_each(|time| recorder.transaction(*time));
        assert_eq!(recorder.noted().transactions_per_second, densest(&times) as u64);
    }
}

//! What the tests share that try many inputs: so many with a fixed seed in each run of the tests, and as many as one likes by
//! command.

use super::random::Random;

/// How many inputs are tried: as many as BUSBAR_FUZZ_CASES says, where that is set.
pub fn cases() -> u64 {
    const OF_EACH_RUN: u64 = 10_000;
    std::env::var("BUSBAR_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(OF_EACH_RUN)
}

/// Changes, removes, repeats, inserts or cuts off some bytes; `word` makes what is inserted.
pub fn damage(bytes: &mut Vec<u8>, random: &mut Random, word: impl Fn(&mut Random) -> Vec<u8>) {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len());
        let end = (at + 1 + random.below(8)).min(bytes.len());
        match random.below(7) {
            0 => bytes[at] = random.next() as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.insert(at, random.next() as u8),
            4 => {
                let again = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, again));
            }
            5 => drop(bytes.splice(at..end, word(random))),
            _ if random.once_in(8) => bytes.truncate(at),
            _ => drop(bytes.splice(at..at, word(random))),
        }
    }
}

/// Whether it is what a person can be told: one sentence. The text of others in it is made safe where it is shown.
pub fn is_sentence(text: &str) -> bool {
    const LONGEST: usize = 4_000;
    text.ends_with('.') && text.len() < LONGEST
}

/// More letters than this apart is another word.
const FARTHEST: usize = 3;

/// What somebody may have meant: the known word that fewest letters tell from a misspelt one.
pub fn closest<'a>(word: &str, known: &'a [String]) -> Option<&'a str> {
    let apart = |each: &str| distance(&word.to_lowercase(), &each.to_lowercase());
    let near = known.iter().map(|each| (apart(each), each.as_str()));
    let near = near.filter(|(apart, each)| *apart <= FARTHEST.min(each.chars().count().div_ceil(3)));
    near.min_by_key(|(apart, _)| *apart).map(|(_, each)| each)
}

/// Levenshtein's: how many letters are put in, left out or exchanged.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut next = vec![at + 1];
        for (index, each) in other.iter().enumerate() {
            let exchanged = row[index] + usize::from(letter != *each);
            next.push(exchanged.min(row[index + 1] + 1).min(next[index] + 1));
        }
        row = next;
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_misspelt_word_may_mean_a_known_one() {
        let known = ["pressure".to_owned(), "temperature".to_owned()];
        for (word, meant) in [
            ("temprature", Some("temperature")),
            ("presure", Some("pressure")),
            ("TEMPERATURE", Some("temperature")),
            ("x", None),
            ("humidity", None),
        ] {
            assert_eq!(closest(word, &known), meant, "{word}");
        }
    }
}

use serde_json::Value;

/// A number of JSON that is whole and not negative, however it is written: 2, 2.0 and 2e0 are one.
pub(crate) fn whole_number(json: &Value) -> Option<u64> {
    const MOST_EXACT: f64 = 9_007_199_254_740_991.0;
    let number = json.as_f64()?;
    let is_whole = number as u64 as f64 == number && (0.0..=MOST_EXACT).contains(&number);
    // In range, and without a fraction: nothing is lost.
    is_whole.then_some(number as u64)
}

/// A curve in a terminal: one row and one column a character, a scale at the left, the time below.
pub struct Plot<'a> {
    /// One value a column, oldest first; NaN where there is none.
    pub values: &'a [f64],
    /// Rows of the curve itself, at least 2.
    pub height: usize,
    /// The scale spans at least this: the noise of a steady value must not fill the plot.
    pub least_span: f64,
    /// A value of the scale; all should have the same length.
    pub format: &'a dyn Fn(f64) -> String,
    /// What the first and the last column are: "5 min ago", "now".
    pub from: &'a str,
    pub to: &'a str,
}

impl Plot<'_> {
    /// `height` + 1 lines; all empty where no value is finite.
    pub fn lines(&self) -> Vec<String> {
        let Self { values, height, least_span, format, from, to } = self;
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        if finite().next().is_none() {
            return vec![String::new(); height + 1];
        }
        let (low, high) = scale_of(finite().fold(f64::MAX, f64::min), finite().fold(f64::MIN, f64::max), *least_span);
        // Row 0 is at the top. Halves, because the span of two doubles can be more than a double holds.
        let half_span = high / 2.0 - low / 2.0;
        let last = (height - 1) as f64;
        let row_of = |value: f64| ((high / 2.0 - value / 2.0) / half_span * last).round() as usize;
        let rows: Vec<_> = values.iter().map(|value| value.is_finite().then(|| row_of(*value))).collect();
        let labels: Vec<String> =
            (0..*height).map(|row| row as f64 / last).map(|share| format(high * (1.0 - share) + low * share)).collect();
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        let mut lines: Vec<String> = curve(&rows, *height)
            .into_iter()
            .zip(&labels)
            .map(|(cells, label)| format!("{label:>width$} ┤{}", cells.into_iter().collect::<String>().trim_end()))
            .collect();
        let gap = values.len().saturating_sub(from.chars().count() + to.chars().count()).max(1);
        lines.push(format!("{}{from}{}{to}", " ".repeat(width + 2), " ".repeat(gap)));
        lines
    }
}

/// The values of the lowest and the highest row.
fn scale_of(minimum: f64, maximum: f64, least_span: f64) -> (f64, f64) {
    // A curve that stays on one value runs through the middle.
    let missing = least_span - (maximum - minimum);
    if missing > 0.0 {
        return (minimum - missing / 2.0, maximum + missing / 2.0);
    }
    if maximum / 2.0 > minimum / 2.0 { (minimum, maximum) } else { (minimum - 1.0, maximum + 1.0) }
}

/// `rows` are the row of each column's value; none where there is none.
fn curve(rows: &[Option<usize>], height: usize) -> Vec<Vec<char>> {
    let mut grid = vec![vec![' '; rows.len()]; height];
    let mut before = None;
    for (column, row) in rows.iter().enumerate() {
        let last = std::mem::replace(&mut before, *row);
        let Some(row) = *row else { continue };
        // A column shows how the curve gets from the value before to its own.
        let last = last.unwrap_or(row);
        if last == row {
            grid[row][column] = '─';
            continue;
        }
        let rises = row < last;
        grid[last][column] = if rises { '╯' } else { '╮' };
        grid[row][column] = if rises { '╭' } else { '╰' };
        for cells in &mut grid[last.min(row) + 1..last.max(row)] {
            cells[column] = '│';
        }
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::Plot;

    fn plot(values: &[f64], least_span: f64) -> Vec<String> {
        Plot { values, height: 3, least_span, format: &|value| format!("{value:.1}"), from: "4 s ago", to: "now" }
            .lines()
    }

    #[test]
    fn a_curve_rises_falls_and_has_gaps() {
        assert_eq!(
            plot(&[0.0, 0.0, 2.0, f64::NAN, 1.0, 0.0], 0.0),
            ["2.0 ┤  ╭", "1.0 ┤  │ ─╮", "0.0 ┤──╯  ╰", "     4 s ago now"]
        );
    }

    #[test]
    fn a_steady_value_runs_through_the_middle() {
        assert_eq!(plot(&[5.0; 4], 2.0), ["6.0 ┤", "5.0 ┤────", "4.0 ┤", "     4 s ago now"]);
        assert_eq!(plot(&[5.0; 4], 0.0)[1], "5.0 ┤────");
    }

    #[test]
    fn what_has_no_value_has_no_curve_and_the_largest_numbers_have_one() {
        assert_eq!(plot(&[f64::NAN, f64::INFINITY], 1.0), [""; 4]);
        assert_eq!(plot(&[f64::MIN, f64::MAX], 0.0).len(), 4);
    }
}

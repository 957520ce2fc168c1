/// The side on which a column's text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Columns without lines, two spaces apart.
pub fn columns(rows: &[Vec<String>], aligns: &[Align]) -> String {
    // A column of which all cells are empty has a place, too.
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| width_of(cell)).max().unwrap_or(0).max(1)
    };
    let widths: Vec<usize> = (0..aligns.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(aligns).zip(&widths).map(|((cell, align), width)| pad(cell, *align, *width));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A table with a head and lines around.
pub fn framed_table(head: &[String], rows: &[Vec<String>], aligns: &[Align]) -> String {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let width = |column: usize| all().filter_map(|row| row.get(column)).map(|cell| width_of(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..aligns.len()).map(width).collect();
    let rule = |left: &str, between: &str, right: &str| {
        let lines = widths.iter().map(|width| "─".repeat(width + 2)).collect::<Vec<_>>();
        format!("{left}{}{right}", lines.join(between))
    };
    let line = |row: &[String]| {
        let cells = row.iter().zip(aligns).zip(&widths).map(|((cell, align), width)| pad(cell, *align, *width));
        format!("│ {} │", cells.collect::<Vec<_>>().join(" │ "))
    };
    let mut lines = vec![rule("╭", "┬", "╮"), line(head), rule("├", "┼", "┤")];
    lines.extend(rows.iter().map(|row| line(row)));
    lines.push(rule("╰", "┴", "╯"));
    lines.join("\n")
}

fn pad(cell: &str, align: Align, width: usize) -> String {
    let spaces = " ".repeat(width.saturating_sub(width_of(cell)));
    match align {
        Align::Left => format!("{cell}{spaces}"),
        Align::Right => format!("{spaces}{cell}"),
    }
}

/// How many places of a terminal a cell takes: its characters, without what sets their style.
pub fn width_of(cell: &str) -> usize {
    let mut width = 0;
    let mut in_style = false;
    for character in cell.chars() {
        match character {
            '\u{1b}' => in_style = true,
            'm' if in_style => in_style = false,
            _ if in_style => {}
            _ => width += 1,
        }
    }
    width
}

#[cfg(test)]
mod tests {
    use super::{Align, columns};

    #[test]
    fn cells_line_up_and_lines_end_with_them() {
        let rows = [
            vec!["a".to_owned(), "1.5".to_owned(), "°C".to_owned()],
            vec!["longer".to_owned(), "10".to_owned(), String::new()],
        ];
        assert_eq!(columns(&rows, &[Align::Left, Align::Right, Align::Left]), "a       1.5  °C\nlonger   10");
    }

    #[test]
    fn styles_take_no_place() {
        let rows = [vec!["\u{1b}[1mab\u{1b}[22m".to_owned(), "x".to_owned()], vec!["abc".to_owned(), "y".to_owned()]];
        assert_eq!(columns(&rows, &[Align::Right, Align::Left]), " \u{1b}[1mab\u{1b}[22m  x\nabc  y");
    }
}

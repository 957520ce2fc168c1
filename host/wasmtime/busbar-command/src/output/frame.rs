use super::columns::width_of;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::tcgetwinsize;
use std::io::stdout;

/// The size of a terminal that does not tell it.
const USUAL: (usize, usize) = (80, 24);

/// Text that is drawn in place, over and over, at the end of a terminal: what is drawn now.
#[derive(Debug, Default)]
pub struct Frame {
    text: String,
    /// The rows that it takes there.
    rows: usize,
}

/// DECTCEM: the cursor is not seen, or seen again.
pub const HIDE_CURSOR: &str = "\u{1b}[?25l";
pub const SHOW_CURSOR: &str = "\u{1b}[?25h";

impl Frame {
    /// What takes it off, ECMA-48: up to its first row, and nothing from there on.
    pub fn clearing(&self) -> String {
        if self.rows == 0 { String::new() } else { format!("\u{1b}[{}A\r\u{1b}[J", self.rows) }
    }

    /// What draws it where it was taken off.
    pub fn drawing(&self) -> String {
        if self.rows == 0 { String::new() } else { format!("{}\n", self.text) }
    }

    /// Takes another text, of a terminal with so many columns and rows: as much of its end as fits, for what left the screen
    /// cannot be taken off.
    pub fn set(&mut self, text: &str, (columns, rows): (usize, usize)) {
        let mut lines: Vec<&str> = Vec::new();
        self.rows = 0;
        for line in text.rsplit('\n') {
            let more = rows_of(line, columns);
            // One row is the cursor's.
            if self.rows + more >= rows.max(2) {
                break;
            }
            self.rows += more;
            lines.push(line);
        }
        lines.reverse();
        self.text = lines.join("\n");
    }
}

/// Long lines wrap.
pub fn rows_of(line: &str, columns: usize) -> usize {
    width_of(line).div_ceil(columns.max(1)).max(1)
}

/// The columns and rows of the terminal that stdout is.
pub fn terminal_size() -> (usize, usize) {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => USUAL,
    }
}

/// Whether the terminal takes more now: one that was stopped (Ctrl-S) does not, and holds up nobody.
pub fn takes_more() -> bool {
    let terminal = stdout();
    let mut polled = [PollFd::new(&terminal, PollFlags::OUT)];
    poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
}

#[cfg(test)]
mod tests {
    use super::{Frame, rows_of};

    #[test]
    fn a_frame_is_taken_off_by_its_rows_as_the_terminal_has_them() {
        let mut frame = Frame::default();
        assert_eq!((frame.clearing(), frame.drawing()), (String::new(), String::new()));
        frame.set("ab\n\u{1b}[1mabcdef\u{1b}[22m\n", (4, 24));
        assert_eq!(frame.clearing(), "\u{1b}[4A\r\u{1b}[J");
        assert_eq!(frame.drawing(), "ab\n\u{1b}[1mabcdef\u{1b}[22m\n\n");
        frame.set("a\nb\nc\nd", (4, 4));
        assert_eq!((frame.clearing().as_str(), frame.drawing().as_str()), ("\u{1b}[3A\r\u{1b}[J", "b\nc\nd\n"));
        assert_eq!([rows_of("", 4), rows_of("abcd", 4), rows_of("abcde", 4)], [1, 1, 2]);
    }
}

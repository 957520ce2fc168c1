/// A line that is longer is cut, so that an app that never ends its line cannot take all memory; in UTF-16 code units, as in
/// the command for Node.
const LONGEST_LINE: usize = 4096;

/// Makes lines of an app's bytes; what is no UTF-8 in them becomes U+FFFD.
#[derive(Debug, Default)]
pub struct LineBuffer {
    rest: Vec<u8>,
}

impl LineBuffer {
    /// Takes more bytes, and gives the lines that are complete by now, without their ends.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(bytes);
        // No character of several bytes has one that is a newline.
        let mut lines: Vec<String> = Vec::new();
        if let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') {
            let complete: Vec<u8> = self.rest.drain(..=end).collect();
            lines.extend(complete[..end].split(|byte| *byte == b'\n').map(text_of));
        }
        if self.rest.len() > LONGEST_LINE {
            let (whole, part) = self.rest.split_at(whole_characters(&self.rest));
            let line = text_of(whole);
            if line.encode_utf16().nth(LONGEST_LINE).is_some() {
                self.rest = part.to_vec();
                lines.push(line);
            }
        }
        lines
    }

    /// What is left is a line too.
    pub fn end(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.rest);
        (!rest.is_empty()).then(|| text_of(&rest))
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// How many bytes there are before a character that has only begun.
fn whole_characters(bytes: &[u8]) -> usize {
    /// A character has no more bytes.
    const LONGEST_CHARACTER: usize = 4;
    let tail = bytes.len().saturating_sub(LONGEST_CHARACTER - 1);
    let is_begun = |start: &usize| match std::str::from_utf8(&bytes[*start..]) {
        Err(error) => error.valid_up_to() == 0 && error.error_len().is_none(),
        Ok(_) => false,
    };
    (tail..bytes.len()).find(is_begun).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::LineBuffer;

    #[test]
    fn lines_come_whole_and_what_is_left_is_one_too() {
        let mut buffer = LineBuffer::default();
        assert_eq!(buffer.push(b"a\nb\n\nc"), ["a", "b", ""]);
        assert_eq!(buffer.push(b"d\n"), ["cd"]);
        assert_eq!(buffer.push(b"e\xff"), [""; 0]);
        assert_eq!(buffer.end().as_deref(), Some("e\u{fffd}"));
        assert_eq!(buffer.end(), None);
    }

    #[test]
    fn a_line_without_end_is_cut_between_characters() {
        let mut buffer = LineBuffer::default();
        assert_eq!(buffer.push(&[b'x'; 4096]), [""; 0]);
        assert_eq!(buffer.push("°".as_bytes().split_at(1).0), [""; 0]);
        assert_eq!(buffer.push(b"\xb0\xe2\x82"), [format!("{}°", "x".repeat(4096))]);
        assert_eq!(buffer.push(b"\xac\n"), ["€"]);
    }
}

/// A byte, or what was in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marked {
    Byte(u8),
    FramingOrParity,
    Break,
}

const MARK: u8 = 0xff;

/// Reads what a tty with PARMRK gives (termios(3)): 0xFF 0x00 X is a byte X that came disturbed, 0xFF 0x00 0x00 a break, and 0xFF 0xFF the byte
/// 0xFF. Any bytes can be pushed in any pieces.
#[derive(Debug, Default)]
pub(super) struct MarkDecoder(State);

/// What has come of a mark.
#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Nothing,
    First,
    Second,
}

impl MarkDecoder {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Marked> {
        let mut result = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            self.0 = match (self.0, byte) {
                (State::Second, 0) => {
                    result.push(Marked::Break);
                    State::Nothing
                }
                (State::Second, _) => {
                    result.push(Marked::FramingOrParity);
                    State::Nothing
                }
                (State::First, 0) => State::Second,
                (State::First, MARK) => {
                    result.push(Marked::Byte(MARK));
                    State::Nothing
                }
                // Anything else behind a lone 0xFF is of no kernel; it is taken for what it looks like.
                (State::First, _) => {
                    result.extend([Marked::Byte(MARK), Marked::Byte(byte)]);
                    State::Nothing
                }
                (State::Nothing, MARK) => State::First,
                (State::Nothing, _) => {
                    result.push(Marked::Byte(byte));
                    State::Nothing
                }
            };
        }
        result
    }

    /// What was begun is gone.
    pub(super) fn reset(&mut self) {
        self.0 = State::Nothing;
    }
}

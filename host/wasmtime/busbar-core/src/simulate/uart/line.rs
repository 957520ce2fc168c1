use crate::bus::uart::{Parity, UartLineSettings};
use crate::models::{UartForm, UartModelPart};
use std::collections::VecDeque;

/// What happens to a byte whose sender and receiver are not set alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disturbance {
    Framing,
    Parity,
}

/// A byte on its way, or what has become of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LineByte {
    pub(super) byte: u8,
    /// When it has come whole, in milliseconds.
    pub(super) at_ms: f64,
    pub(super) disturbed: Option<Disturbance>,
}

/// How far two clocks may be apart for a byte to arrive: half a bit, at the end of the last of ten.
const TOLERANCE: f64 = 0.05;

/// A part that begins to send so often at one time never gets further: its model is broken, and sends nothing any more.
const MOST_AT_ONE_TIME: u32 = 1024;

/// How long a byte is on the line, in milliseconds: start bit, data bits, parity bit, stop bits.
pub(super) fn byte_ms(form: &UartForm) -> f64 {
    let parity = if form.parity == Parity::None { 0 } else { 1 };
    let bits = 1 + u32::from(form.data_bits) + parity + u32::from(form.stop_bits);
    f64::from(bits) * 1000.0 / f64::from(form.baud_rate)
}

impl From<&UartLineSettings> for UartForm {
    fn from(settings: &UartLineSettings) -> Self {
        let UartLineSettings { baud_rate, data_bits, parity, stop_bits, .. } = *settings;
        Self { baud_rate, data_bits, parity, stop_bits }
    }
}

/// The wires between a port and a part: each byte takes the time that its speed gives it, and what one side sends while the other is set
/// differently arrives disturbed.
pub(super) struct UartLine {
    part: Box<dyn UartModelPart>,
    /// On their way to the part.
    to_part: VecDeque<LineByte>,
    /// When the line is free again, to the port and to the part.
    free_in_ms: f64,
    free_out_ms: f64,
    /// When the part began to send last, and how often at that time.
    sent_at: Option<(f64, u32)>,
}

impl UartLine {
    pub(super) fn new(part: Box<dyn UartModelPart>) -> Self {
        Self {
            part,
            to_part: VecDeque::new(),
            free_in_ms: f64::NEG_INFINITY,
            free_out_ms: f64::NEG_INFINITY,
            sent_at: None,
        }
    }

    /// How the bytes of the part are on the line, or those of the port where it has no own form.
    pub(super) fn form_of_part(&mut self, form: &UartForm) -> UartForm {
        self.part.form().unwrap_or(*form)
    }

    /// When all that the port has sent so far has left it.
    pub(super) fn sent_ms(&self) -> f64 {
        self.free_out_ms
    }

    /// How many bytes of the port have not left it yet.
    pub(super) fn unsent(&self, now_ms: f64) -> usize {
        self.to_part.iter().filter(|each| each.at_ms > now_ms).count()
    }

    /// When something happens next that does not depend on the port; none where nothing does.
    pub(super) fn next_ms(&mut self) -> Option<f64> {
        let of_port = self.to_part.front().map(|first| first.at_ms);
        self.part_ms().into_iter().chain(of_port).min_by(f64::total_cmp)
    }

    /// The port sends bytes, behind those that it sent before.
    pub(super) fn send(&mut self, bytes: &[u8], form: &UartForm, now_ms: f64) {
        for &byte in bytes {
            self.free_out_ms = self.free_out_ms.max(now_ms) + byte_ms(form);
            let disturbed = self.disturbance(form);
            self.to_part.push_back(LineByte { byte, at_ms: self.free_out_ms, disturbed });
        }
    }

    /// Lets all happen that has happened until now, in its order. Gives what the part has sent: when each byte is whole at the port may be
    /// later than now.
    pub(super) fn follow(&mut self, form: &UartForm, now_ms: f64) -> Vec<LineByte> {
        let mut received = Vec::new();
        loop {
            let part_ms = self.part_ms().filter(|part_ms| *part_ms <= now_ms);
            let first = self.to_part.front().copied().filter(|first| first.at_ms <= now_ms);
            match (first, part_ms) {
                (Some(LineByte { byte, at_ms, disturbed }), part_ms) if part_ms.is_none_or(|part| at_ms <= part) => {
                    self.to_part.pop_front();
                    // What came disturbed is no byte to it.
                    if disturbed.is_none() {
                        self.part.receive(byte, at_ms);
                    }
                }
                (_, Some(begin_ms)) => self.sent(begin_ms, form, &mut received),
                _ => return received,
            }
        }
    }

    /// When the part begins to send next.
    fn part_ms(&mut self) -> Option<f64> {
        let is_stuck = self.sent_at.is_some_and(|(_, count)| count > MOST_AT_ONE_TIME);
        if is_stuck { None } else { self.part.next_ms() }
    }

    fn sent(&mut self, begin_ms: f64, form: &UartForm, received: &mut Vec<LineByte>) {
        self.sent_at = match self.sent_at {
            Some((at_ms, count)) if begin_ms <= at_ms => Some((at_ms, count + 1)),
            _ => Some((begin_ms, 1)),
        };
        let of_part = self.form_of_part(form);
        let disturbed = self.disturbance(form);
        for byte in self.part.send() {
            self.free_in_ms = self.free_in_ms.max(begin_ms) + byte_ms(&of_part);
            received.push(LineByte { byte, at_ms: self.free_in_ms, disturbed });
        }
    }

    fn disturbance(&mut self, form: &UartForm) -> Option<Disturbance> {
        let own = self.part.form()?;
        let is_near = (f64::from(own.baud_rate) / f64::from(form.baud_rate) - 1.0).abs() <= TOLERANCE;
        // A second stop bit is a pause to who wants only one; one too few shows in the next byte's first.
        if !is_near || own.data_bits != form.data_bits {
            return Some(Disturbance::Framing);
        }
        (own.parity != form.parity).then_some(Disturbance::Parity)
    }
}

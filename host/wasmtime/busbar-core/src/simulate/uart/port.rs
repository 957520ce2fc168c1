use super::faults::FaultKind;
use super::line::{UartLine, byte_ms};
use super::receiver::UartReceiver;
use crate::bus::uart::{UartError, UartErrorCode, UartLineSettings, UartUsage};
use crate::clock::Clock;
use crate::error::HostError;
use crate::models::{UartForm, UartModelPart};
use crate::simulate::faults::Fault;
use tokio::sync::watch;

/// How long a port is away that a fault unplugs.
const AWAY_MS: f64 = 1000.0;

/// Times are sums of fractions: what is so near has come.
const EPSILON_MS: f64 = 1e-6;

/// A serial port in this process, with a part at the other end of its line. Bytes take their time.
pub(in crate::simulate) struct SimulatedUart {
    clock: Clock,
    line: UartLine,
    receiver: UartReceiver,
    faults: Vec<Fault<FaultKind>>,
    opened: Option<Opened>,
    /// How often it was opened so far.
    openings: u64,
    /// How often it was unplugged so far.
    departures: u64,
    /// When it is plugged in again; none while it is.
    back_ms: Option<f64>,
    /// Another thing may come next: whoever waits looks again.
    changed: watch::Sender<()>,
}

/// Who has it.
struct Opened {
    opening: u64,
    device: String,
    settings: UartLineSettings,
}

impl SimulatedUart {
    pub(in crate::simulate) fn new(part: Box<dyn UartModelPart>, clock: Clock) -> Self {
        Self {
            clock,
            line: UartLine::new(part),
            receiver: UartReceiver::default(),
            faults: Vec::new(),
            opened: None,
            openings: 0,
            departures: 0,
            back_ms: None,
            changed: watch::Sender::new(()),
        }
    }

    /// Makes calls fail. Where several faults strike one call, the one injected first wins.
    pub(in crate::simulate) fn inject(&mut self, faults: Vec<Fault<FaultKind>>) {
        self.faults.extend(faults);
    }

    /// Whether it is plugged in.
    pub(in crate::simulate) fn is_there(&self) -> bool {
        self.back_ms.is_none_or(|back_ms| back_ms <= self.now_ms())
    }

    /// How often it was unplugged so far.
    pub(super) fn departures(&self) -> u64 {
        self.departures
    }

    /// When it is plugged in again; none while it is.
    pub(super) fn back_ms(&self) -> Option<f64> {
        self.back_ms.filter(|_| !self.is_there())
    }

    /// Told when another thing may come next.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The time that its part lives in.
    pub(super) fn now_ms(&self) -> f64 {
        self.clock.now_ms() + EPSILON_MS
    }

    /// Opens it, and gives the number of that opening; none where it is unplugged. The error says who has it.
    pub(super) fn open(&mut self, usage: &UartUsage<'_>) -> Result<Option<u64>, HostError> {
        if !self.is_there() {
            return Ok(None);
        }
        if let Some(Opened { device, .. }) = &self.opened {
            return Err(HostError::backend(format!(
                "{}: the simulated serial port is used by \"{device}\"; end that first.",
                usage.device
            )));
        }
        // What came while nobody had it is nobody's; what is on the line now is still to come.
        self.follow(&usage.settings);
        self.receiver.discard(self.now_ms());
        self.openings += 1;
        let opening = self.openings;
        self.opened = Some(Opened { opening, device: usage.device.to_owned(), settings: usage.settings });
        Ok(Some(opening))
    }

    /// Whether it is still open by that opening.
    pub(super) fn has(&self, opening: u64) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.opening == opening)
    }

    /// It is given back.
    pub(super) fn close(&mut self, opening: u64) {
        if self.has(opening) {
            self.opened = None;
            self.wake();
        }
    }

    /// A call begins: which of the faults strikes it. Every fault counts every call, also one that another fault strikes. The error is of one
    /// that ends the call.
    pub(super) fn begin(&mut self) -> Result<Option<usize>, UartError> {
        let mut first = None;
        for (index, fault) in self.faults.iter_mut().enumerate() {
            if fault.strikes() && first.is_none() {
                first = Some(index);
            }
        }
        let Some(struck) = first else { return Ok(None) };
        match self.faults[struck].kind {
            FaultKind::Error(code) => Err(UartError::new(code, "injected by the simulator")),
            FaultKind::Disconnected => {
                self.unplug();
                Err(UartError::new(UartErrorCode::Disconnected, "unplugged by the simulator"))
            }
            FaultKind::Garbage | FaultKind::Short | FaultKind::Silence => Ok(first),
        }
    }

    /// Pulls it out for a while: whoever has it opened has nothing any more.
    fn unplug(&mut self) {
        self.opened = None;
        self.departures += 1;
        self.back_ms = Some(self.now_ms() + AWAY_MS);
        self.wake();
    }

    /// When there may be something new; none where nothing is on its way.
    pub(super) fn next_ms(&mut self) -> Option<f64> {
        let form = self.form()?;
        let byte_ms = byte_ms(&self.line.form_of_part(&form));
        let of_line = self.line.next_ms();
        self.receiver.next_ms(byte_ms).into_iter().chain(of_line).min_by(f64::total_cmp)
    }

    /// What has come until now and was not read; the error is of a byte that was disturbed, or lost.
    pub(super) fn take(&mut self, maximum: usize, struck: Option<usize>) -> Result<Vec<u8>, UartError> {
        self.follow_opened();
        let now_ms = self.now_ms();
        let fault = struck.and_then(|struck| self.faults.get_mut(struck));
        let kind = fault.as_ref().map(|fault| fault.kind);
        if kind == Some(FaultKind::Silence) {
            self.receiver.discard(now_ms);
        }
        let mut bytes = self.receiver.take(maximum)?;
        match (kind, fault) {
            (Some(FaultKind::Garbage), Some(fault)) => bytes.fill_with(|| fault.garbage()),
            (Some(FaultKind::Short), _) => bytes.truncate(bytes.len() / 2),
            _ => {}
        }
        Ok(bytes)
    }

    /// Sends bytes.
    pub(super) fn send(&mut self, bytes: &[u8], struck: Option<usize>) {
        self.follow_opened();
        let Some(form) = self.form() else { return };
        let sent = match struck.and_then(|struck| self.faults.get(struck)).map(|fault| fault.kind) {
            Some(FaultKind::Silence) => return,
            Some(FaultKind::Short) => &bytes[..bytes.len() / 2],
            _ => bytes,
        };
        self.line.send(sent, &form, self.clock.now_ms());
        self.wake();
    }

    /// When all has left that was sent.
    pub(super) fn sent_ms(&self) -> f64 {
        self.line.sent_ms()
    }

    /// How many bytes have not left yet.
    pub(super) fn unsent(&self) -> usize {
        self.line.unsent(self.now_ms())
    }

    /// Forgets what has come.
    pub(super) fn discard(&mut self) {
        self.follow_opened();
        self.receiver.discard(self.now_ms());
    }

    /// Another speed from now on.
    pub(super) fn set_baud_rate(&mut self, baud_rate: u32) {
        self.follow_opened();
        if let Some(opened) = &mut self.opened {
            opened.settings.baud_rate = baud_rate;
        }
    }

    fn form(&self) -> Option<UartForm> {
        self.opened.as_ref().map(|opened| UartForm::from(&opened.settings))
    }

    fn follow_opened(&mut self) {
        if let Some(settings) = self.opened.as_ref().map(|opened| opened.settings) {
            self.follow(&settings);
        }
    }

    fn follow(&mut self, settings: &UartLineSettings) {
        let (form, now_ms) = (UartForm::from(settings), self.now_ms());
        let sent = self.line.follow(&form, now_ms);
        self.receiver.add(sent);
        let byte_ms = byte_ms(&self.line.form_of_part(&form));
        self.receiver.follow(byte_ms, now_ms);
    }

    fn wake(&self) {
        self.changed.send_replace(());
    }
}

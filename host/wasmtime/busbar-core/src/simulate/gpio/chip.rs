use super::faults::GpioFault;
use crate::bus::gpio::{EdgeListener, GpioDirection, GpioEdge, GpioError, GpioErrorCode, GpioLevel, GpioLineUse, Pull};
use crate::clock::Clock;
use crate::models::GpioModelPart;
use crate::simulate::parameters::Complaint;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// A simulated GPIO chip: lines by offset, as many as are asked for.
pub(in crate::simulate) struct SimulatedGpioChip {
    clock: Clock,
    parts: Vec<Box<dyn GpioModelPart>>,
    lines: HashMap<u16, Line>,
}

/// What a controller uses a line for.
#[derive(Debug, Clone, Copy)]
struct Usage {
    direction: GpioDirection,
    pull: Option<Pull>,
    debounce_ms: f64,
    /// What its clock is ahead of the chip's, in milliseconds.
    ahead_ms: f64,
}

/// One line: what the part on it, a resistor and the controller put on it together, in the order of time. Where several drive it, a low
/// wins, as where each only pulls it down; where nobody does, it is low.
struct Line {
    /// The part that is wired to it, and its own name for the line.
    part: Option<(usize, String)>,
    faults: Vec<GpioFault>,
    usage: Option<Usage>,
    /// What the controller drives.
    output: Option<GpioLevel>,
    /// Up to when it was followed.
    at_ms: f64,
    level: GpioLevel,
    /// Since when it has that level.
    since_ms: f64,
    /// The level that counts: after the debounce.
    counted: GpioLevel,
    listener: Option<EdgeListener>,
    /// What comes next may be something else now.
    changed: Arc<Notify>,
}

impl Line {
    fn new(now_ms: f64) -> Self {
        Self {
            part: None,
            faults: Vec::new(),
            usage: None,
            output: None,
            at_ms: now_ms,
            level: GpioLevel::Low,
            since_ms: now_ms,
            counted: GpioLevel::Low,
            listener: None,
            changed: Arc::default(),
        }
    }

    /// Something goes wrong with an operation.
    fn strike(&mut self) -> Result<(), GpioError> {
        self.faults.iter_mut().find_map(GpioFault::strike).map_or(Ok(()), Err)
    }

    fn become_level(&mut self, level: GpioLevel, at_ms: f64) {
        if level != self.level {
            self.level = level;
            self.since_ms = at_ms;
        }
    }

    /// When the level that is there counts, if it stays; none where it does already.
    fn counts_ms(&self) -> Option<f64> {
        let debounce_ms = self.usage.map_or(0.0, |usage| usage.debounce_ms);
        (self.level != self.counted).then_some(self.since_ms + debounce_ms)
    }

    /// A level that has lasted long enough counts from the end of that time on, as in Linux.
    fn settle(&mut self, at_ms: f64) {
        let Some(counts_ms) = self.counts_ms().filter(|counts_ms| *counts_ms <= at_ms) else { return };
        self.counted = self.level;
        let ahead_ms = self.usage.map_or(0.0, |usage| usage.ahead_ms);
        if let Some(listener) = &mut self.listener {
            listener(GpioEdge { level: self.level, time_ms: counts_ms + ahead_ms });
        }
    }
}

impl SimulatedGpioChip {
    pub(in crate::simulate) fn new(clock: Clock) -> Self {
        Self { clock, parts: Vec::new(), lines: HashMap::new() }
    }

    /// The time that its parts live in.
    pub(in crate::simulate) fn now_ms(&self) -> f64 {
        self.clock.now_ms()
    }

    /// Wires a part to lines: the offsets, by the part's own names for its lines.
    pub(in crate::simulate) fn attach(
        &mut self,
        part: Box<dyn GpioModelPart>,
        lines: &[(String, u16)],
    ) -> Result<(), Complaint> {
        let number = self.parts.len();
        self.parts.push(part);
        for (name, offset) in lines {
            if self.line(*offset).part.is_some() {
                return Err("Another part is wired to one of these lines.".to_owned());
            }
            self.change(*offset, |line| line.part = Some((number, name.clone())));
        }
        Ok(())
    }

    /// Something goes wrong with a line from now on.
    pub(in crate::simulate) fn inject(&mut self, offset: u16, fault: GpioFault) {
        self.line(offset).faults.push(fault);
    }

    /// A controller takes a line; whether it was free.
    pub(super) fn open(&mut self, offset: u16, usage: &GpioLineUse<'_>) -> bool {
        if self.line(offset).usage.is_some() {
            return false;
        }
        let ahead_ms = usage.clock.now_ms() - self.now_ms();
        let taken = Usage {
            direction: usage.direction,
            pull: usage.pull,
            debounce_ms: usage.debounce_ms.map_or(0.0, f64::from),
            ahead_ms,
        };
        self.follow(offset);
        self.line(offset).usage = Some(taken);
        if usage.direction != GpioDirection::In {
            self.put(offset, Some(usage.initial));
        }
        self.changed(offset);
        let line = self.line(offset);
        line.counted = line.level;
        true
    }

    /// The level that counts for the controller.
    pub(super) fn read(&mut self, offset: u16) -> Result<GpioLevel, GpioError> {
        self.line(offset).strike()?;
        self.follow(offset);
        Ok(self.line(offset).counted)
    }

    pub(super) fn write(&mut self, offset: u16, level: GpioLevel) -> Result<(), GpioError> {
        let line = self.line(offset);
        line.strike()?;
        if line.usage.is_some_and(|usage| usage.direction == GpioDirection::In) {
            return Err(GpioError::new(GpioErrorCode::OperationNotSupported, "an input cannot be set"));
        }
        self.follow(offset);
        self.put(offset, Some(level));
        self.changed(offset);
        Ok(())
    }

    /// Tells of edges as the line is followed. Gives what says that what comes next may be something else.
    pub(super) fn watch(&mut self, offset: u16, listener: EdgeListener) -> Arc<Notify> {
        self.follow(offset);
        let line = self.line(offset);
        line.listener = Some(listener);
        line.changed.clone()
    }

    pub(super) fn unwatch(&mut self, offset: u16) {
        self.line(offset).listener = None;
    }

    /// The controller lets a line go.
    pub(super) fn close(&mut self, offset: u16) {
        self.unwatch(offset);
        self.follow(offset);
        self.line(offset).usage = None;
        self.put(offset, None);
        self.changed(offset);
    }

    /// Lets a line go through all that happened until now. Gives how long there is until something happens next; none where nothing does.
    pub(super) fn follow_until_next(&mut self, offset: u16) -> Option<Duration> {
        self.follow(offset);
        let at_ms = self.line(offset).at_ms;
        let of_part = self.next_change(offset, at_ms);
        let next_ms = of_part.into_iter().chain(self.line(offset).counts_ms()).min_by(f64::total_cmp)?;
        let left_ns = ((next_ms - self.now_ms()) * 1e6).ceil().max(0.0);
        // What is longer than the number has room for is as good as that.
        Some(Duration::from_nanos(left_ns as u64))
    }

    fn line(&mut self, offset: u16) -> &mut Line {
        let now_ms = self.clock.now_ms();
        self.lines.entry(offset).or_insert_with(|| Line::new(now_ms))
    }

    /// Something that is not the part's own doing happens now.
    fn change(&mut self, offset: u16, happens: impl FnOnce(&mut Line)) {
        self.follow(offset);
        happens(self.line(offset));
        self.changed(offset);
    }

    /// Something that is not the part's own doing has happened at the time up to which the line was followed.
    fn changed(&mut self, offset: u16) {
        let at_ms = self.line(offset).at_ms;
        let level = self.sum(offset, at_ms);
        let line = self.line(offset);
        line.become_level(level, at_ms);
        line.settle(at_ms);
        line.changed.notify_one();
    }

    fn put(&mut self, offset: u16, level: Option<GpioLevel>) {
        let line = self.line(offset);
        if level == line.output {
            return;
        }
        line.output = level;
        let Some((part, name)) = line.part.clone() else { return };
        let is_other = |(each, line): (&u16, &Line)| {
            (*each != offset && line.part.as_ref().is_some_and(|(number, _)| *number == part)).then_some(*each)
        };
        let others: Vec<u16> = self.lines.iter().filter_map(is_other).collect();
        // What the part has done on its other lines is done, and what it does from now on may be something else.
        others.iter().for_each(|other| self.change(*other, |_| {}));
        let now_ms = self.now_ms();
        self.parts[part].driven(&name, level, now_ms);
        others.iter().for_each(|other| self.change(*other, |_| {}));
    }

    /// Lets a line go through all that happened until now.
    fn follow(&mut self, offset: u16) {
        let now_ms = self.now_ms();
        loop {
            let at_ms = self.line(offset).at_ms;
            let Some(next_ms) = self.next_change(offset, at_ms).filter(|next_ms| *next_ms <= now_ms) else { break };
            let line = self.line(offset);
            line.settle(next_ms);
            line.at_ms = next_ms;
            let level = self.sum(offset, next_ms);
            let line = self.line(offset);
            line.become_level(level, next_ms);
            line.settle(next_ms);
        }
        let line = self.line(offset);
        line.at_ms = line.at_ms.max(now_ms);
        line.settle(line.at_ms);
    }

    /// When the part on a line changes it next, after `at_ms`. What a part changes in the past would never end.
    fn next_change(&mut self, offset: u16, at_ms: f64) -> Option<f64> {
        let (part, name) = self.line(offset).part.clone()?;
        self.parts[part].next_change(&name, at_ms).filter(|next_ms| *next_ms > at_ms)
    }

    fn sum(&mut self, offset: u16, at_ms: f64) -> GpioLevel {
        let line = self.line(offset);
        let (output, pull) = (line.output, line.usage.and_then(|usage| usage.pull));
        let wired = line.part.clone();
        let of_part = wired.and_then(|(part, name)| self.parts[part].level(&name, at_ms));
        let driven = [of_part, output];
        let is_high = driven.contains(&Some(GpioLevel::High)) || pull == Some(Pull::Up);
        if is_high && !driven.contains(&Some(GpioLevel::Low)) { GpioLevel::High } else { GpioLevel::Low }
    }
}

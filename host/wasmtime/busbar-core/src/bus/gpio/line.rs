use super::watchers::{SeesEdges, StateEdge, Watchers};
use super::{GpioDirection, GpioEdge, GpioError, GpioLine, GpioLineGrant, GpioState};
use crate::bus::{Later, at_once};
use crate::error::HostError;
use crate::failure::BoardFailure;
use crate::locked::locked;
use std::sync::{Arc, Mutex};

/// Opens a line to be used like that.
pub(super) type OpenAs = Box<dyn Fn(GpioDirection) -> Result<Box<dyn GpioLine>, HostError> + Send + Sync>;

/// A line of one life of a driver, which all of its pins share: states of what the backend has levels of.
pub struct OpenedLine {
    /// Its key in the entry.
    name: String,
    grant: GpioLineGrant,
    open_as: OpenAs,
    watchers: Arc<Watchers>,
    held: Mutex<Held>,
}

struct Held {
    /// None once it was given back, and where it could not be opened again.
    line: Option<Box<dyn GpioLine>>,
    direction: GpioDirection,
    is_watched: bool,
    last_set: GpioState,
    is_ended: bool,
}

impl OpenedLine {
    /// What `open_as` fails with is what this fails with.
    pub(super) fn open(name: &str, grant: &GpioLineGrant, open_as: OpenAs) -> Result<Arc<Self>, HostError> {
        let held = Held {
            line: Some(open_as(grant.direction)?),
            direction: grant.direction,
            is_watched: false,
            last_set: GpioState::Inactive,
            is_ended: false,
        };
        let (name, grant, watchers) = (name.to_owned(), grant.clone(), Arc::default());
        Ok(Arc::new(Self { name, grant, open_as, watchers, held: Mutex::new(held) }))
    }

    /// Its key in the entry.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the board says of it.
    pub fn grant(&self) -> &GpioLineGrant {
        &self.grant
    }

    /// Makes it one that can be used as `direction`. Only an entry that is not enforced asks for more than is granted.
    ///
    /// # Errors
    ///
    /// Where it cannot be opened again like that. What is granted stays there.
    pub(super) fn use_as(&self, direction: GpioDirection) -> Result<(), HostError> {
        let mut held = locked(&self.held);
        let before = held.direction;
        if before.covers(direction) || held.is_ended {
            return Ok(());
        }
        // The line before is given back first: nobody else can use it meanwhile, and this is somebody else.
        held.unwatch();
        if let Some(line) = held.line.take() {
            line.end(None);
        }
        let opened = self.open_again(&mut held, before.and(direction));
        if opened.is_err() {
            self.open_again(&mut held, before)?;
        }
        opened
    }

    fn open_again(&self, held: &mut Held, direction: GpioDirection) -> Result<(), HostError> {
        held.line = Some((self.open_as)(direction)?);
        held.direction = direction;
        held.last_set = GpioState::Inactive;
        if !self.watchers.is_empty()
            && let Err(error) = self.start_watch(held)
        {
            held.line = None;
            return Err(HostError::backend(error.message));
        }
        Ok(())
    }

    pub(super) fn read(&self) -> Result<GpioState, GpioError> {
        let level = locked(&self.held).line()?.read()?;
        Ok(GpioState::of(level, self.grant.active_level))
    }

    pub(super) fn set(&self, state: GpioState) -> Result<(), GpioError> {
        self.set_held(&mut locked(&self.held), state)
    }

    /// Sets the other state than the last.
    pub(super) fn toggle(&self) -> Result<(), GpioError> {
        let mut held = locked(&self.held);
        let state = held.last_set.opposite();
        self.set_held(&mut held, state)
    }

    /// Waits until it can be used.
    pub(super) fn ready(&self) -> Later<Result<(), BoardFailure>> {
        match locked(&self.held).line() {
            Ok(line) => line.ready(),
            Err(error) => at_once(Err(HostError::backend(error.message).into())),
        }
    }

    /// [`Self::read`], of a line that may be behind a bridge.
    pub(super) fn read_later(&self) -> Later<Result<GpioState, GpioError>> {
        let read = match locked(&self.held).line() {
            Ok(line) => line.read_later(),
            Err(error) => return at_once(Err(error)),
        };
        let active = self.grant.active_level;
        Box::pin(async move { Ok(GpioState::of(read.await?, active)) })
    }

    /// [`Self::set`], likewise.
    pub(super) fn set_later(&self, state: GpioState) -> Later<Result<(), GpioError>> {
        self.set_held_later(&mut locked(&self.held), state)
    }

    /// [`Self::toggle`], likewise.
    pub(super) fn toggle_later(&self) -> Later<Result<(), GpioError>> {
        let mut held = locked(&self.held);
        let state = held.last_set.opposite();
        self.set_held_later(&mut held, state)
    }

    fn set_held_later(&self, held: &mut Held, state: GpioState) -> Later<Result<(), GpioError>> {
        // As in `set_held`.
        held.last_set = state;
        match held.line() {
            Ok(line) => line.write_later(state.level(self.grant.active_level)),
            Err(error) => at_once(Err(error)),
        }
    }

    fn set_held(&self, held: &mut Held, state: GpioState) -> Result<(), GpioError> {
        // Before it is known whether it worked: what may be active has to be made inactive at the end.
        held.last_set = state;
        held.line()?.write(state.level(self.grant.active_level))
    }

    /// Tells of each edge from now on, until what this gives is dropped.
    ///
    /// # Errors
    ///
    /// `operation-not-supported` where the line tells of none.
    pub(super) fn watch(self: &Arc<Self>, watcher: Arc<dyn SeesEdges>) -> Result<Watch, GpioError> {
        let mut held = locked(&self.held);
        if !held.is_watched {
            self.start_watch(&mut held)?;
        }
        Ok(Watch { line: self.clone(), number: self.watchers.add(watcher) })
    }

    fn start_watch(&self, held: &mut Held) -> Result<(), GpioError> {
        let (watchers, active) = (self.watchers.clone(), self.grant.active_level);
        held.line()?.watch(Box::new(move |GpioEdge { level, time_ms }| {
            watchers.tell(StateEdge { state: GpioState::of(level, active), time_ms });
        }))?;
        held.is_watched = true;
        Ok(())
    }

    /// Makes an output inactive, which nobody is there any more to do, and gives the line back. Ending twice is legal.
    pub(super) fn end(&self) {
        let mut held = locked(&self.held);
        if held.is_ended {
            return;
        }
        held.is_ended = true;
        self.watchers.clear();
        held.unwatch();
        if let Some(line) = held.line.take() {
            let is_active = held.last_set == GpioState::Active;
            line.end(is_active.then(|| GpioState::Inactive.level(self.grant.active_level)));
        }
    }
}

impl Held {
    fn line(&mut self) -> Result<&mut dyn GpioLine, GpioError> {
        match &mut self.line {
            Some(line) => Ok(line.as_mut()),
            None => Err(GpioError::other("the line is closed")),
        }
    }

    fn unwatch(&mut self) {
        if let (true, Some(line)) = (self.is_watched, &mut self.line) {
            line.unwatch();
        }
        self.is_watched = false;
    }
}

/// Somebody who listens to a line, until this is dropped.
pub(super) struct Watch {
    line: Arc<OpenedLine>,
    number: u64,
}

impl Drop for Watch {
    /// The platform looks for edges only while somebody wants to know of them.
    fn drop(&mut self) {
        self.line.watchers.remove(self.number);
        let mut held = locked(&self.line.held);
        if self.line.watchers.is_empty() {
            held.unwatch();
        }
    }
}

use super::bridges::Bridges;
use super::driver_bridge::DriverBridge;
use crate::bus::Later;
use crate::bus::gpio::{
    EdgeListener, GpioBackend, GpioError, GpioErrorCode, GpioLevel, GpioLine, GpioLineName, GpioLineUse,
};
use crate::device::{ControllerLineUse, DeviceError, DeviceErrorCode, GpioController};
use crate::error::HostError;
use crate::instance::BoardFailure;
use crate::link::Controller;
use crate::text::{cut, quoted};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a message shows of the names of lines, of which there may be thousands; in UTF-16 code units.
const LONGEST_SHOWN: usize = 500;

/// How long the driver of a bridge may take until it can make an output inactive: its longest back-off, and its start.
const LONGEST_START: Duration = Duration::from_secs(40);

/// The GPIO lines of the bridges of an open board: each bridge is one chip.
pub(super) struct BridgedGpio(pub(super) Bridges);

impl GpioBackend for BridgedGpio {
    fn name(&self) -> &str {
        "bridges"
    }

    fn open(&self, usage: &GpioLineUse<'_>) -> Result<Option<Box<dyn GpioLine>>, HostError> {
        let Some((bridge, place)) = self.0.find(usage.chip, Controller::Gpio, usage.device)? else { return Ok(None) };
        // A bridge has its lines once.
        place.number(1)?;
        let line = BridgedLine {
            bridge,
            device: usage.device.to_owned(),
            line: usage.line.clone(),
            debounces: usage.debounce_ms.is_some(),
            usage: ControllerLineUse { direction: usage.direction, pull: usage.pull, initial: usage.initial },
            is_closed: AtomicBool::new(false),
            taken: tokio::sync::Mutex::default(),
        };
        Ok(Some(Box::new(Handle(Arc::new(line)))))
    }
}

/// A line of a bridge, as its device has it.
struct Handle(Arc<BridgedLine>);

/// It is taken when it is used first, and again in another life of the bridge's driver.
struct BridgedLine {
    bridge: Arc<DriverBridge>,
    device: String,
    line: GpioLineName,
    debounces: bool,
    usage: ControllerLineUse,
    is_closed: AtomicBool,
    taken: tokio::sync::Mutex<Option<Taken>>,
}

/// Of which controller a line was taken, and which of its lines it is.
#[derive(Clone)]
struct Taken {
    of: Arc<GpioController>,
    offset: u16,
}

/// What is done with a line.
#[derive(Clone, Copy)]
enum Act {
    Take,
    Read,
    Write(GpioLevel),
}

impl BridgedLine {
    /// Does it when its turn comes; gives the level that the line has then, where that is known.
    async fn act(&self, act: Act) -> Result<Option<GpioLevel>, BoardFailure> {
        self.require_open()?;
        // Started before its turn: while its device is waited for, others have theirs.
        let controller = self.bridge.gpio().await?;
        let _turn = self.bridge.turn().await;
        self.require_open()?;
        let Taken { of, offset } = self.take_of(&controller).await?;
        Ok(match act {
            Act::Take => None,
            Act::Read => Some(of.read(offset).await?),
            Act::Write(level) => {
                of.write(offset, level).await?;
                Some(level)
            }
        })
    }

    fn require_open(&self) -> Result<(), HostError> {
        if self.is_closed.load(Ordering::Acquire) { Err(HostError::backend("the line was closed")) } else { Ok(()) }
    }

    /// What it has of a controller, taken first where that is another one than before.
    async fn take_of(&self, controller: &Arc<GpioController>) -> Result<Taken, BoardFailure> {
        let mut taken = self.taken.lock().await;
        if let Some(known) = taken.as_ref().filter(|known| Arc::ptr_eq(&known.of, controller)) {
            return Ok(known.clone());
        }
        let offset = self.offset_in(controller)?;
        let is_new = taken.is_none();
        if is_new {
            self.own(controller, offset)?;
        }
        if let Err(error) = controller.take(offset, self.usage).await {
            if is_new {
                self.bridge.disown(offset);
            }
            return Err(self.not_taken(error));
        }
        Ok(taken.insert(Taken { of: controller.clone(), offset }).clone())
    }

    fn not_taken(&self, error: DeviceError) -> BoardFailure {
        if error.code == DeviceErrorCode::Disconnected {
            return error.into();
        }
        let (device, line) = (&self.device, shown(&self.line));
        HostError::backend(format!("{device}: the line {line} cannot be used so: {error}")).into()
    }

    fn offset_in(&self, controller: &GpioController) -> Result<u16, HostError> {
        let lines = controller.lines();
        let (device, bridge) = (&self.device, self.bridge.name());
        let offset = match &self.line {
            GpioLineName::Offset(offset) => Some(*offset).filter(|offset| usize::from(*offset) < lines.len()),
            GpioLineName::Name(name) => {
                lines.iter().position(|each| each == name).and_then(|offset| u16::try_from(offset).ok())
            }
        };
        let Some(offset) = offset else {
            let names = lines.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            return Err(HostError::backend(format!(
                "{device}: the bridge \"{bridge}\" has no line {}; its lines are {}.",
                shown(&self.line),
                cut(&names, LONGEST_SHOWN)
            )));
        };
        if self.debounces {
            return Err(HostError::backend(format!(
                "{device}: the bridge \"{bridge}\" debounces no lines; remove \"debounceMs\"."
            )));
        }
        Ok(offset)
    }

    /// A board file may call one line by its number and by its name.
    fn own(&self, controller: &GpioController, offset: u16) -> Result<(), HostError> {
        let Some(owner) = self.bridge.own(offset, &self.device) else { return Ok(()) };
        let (device, bridge) = (&self.device, self.bridge.name());
        let (asked, name) = (shown(&self.line), quoted(&controller.lines()[usize::from(offset)]));
        Err(HostError::backend(format!(
            "{device}: the line {asked} of the bridge \"{bridge}\" is {name}, which \"{owner}\" has; remove one of them."
        )))
    }

    /// Gives it back after what is under way, which may take it again. A bridge that is gone has let go of it.
    async fn end(&self, level: Option<GpioLevel>) {
        let now = match level {
            // A driver that trapped is started for it, whenever that may be; a device that goes meanwhile is not waited for.
            Some(_) if self.bridge.is_there() => {
                tokio::time::timeout(LONGEST_START, self.bridge.gpio()).await.ok().and_then(Result::ok)
            }
            _ => None,
        };
        let _turn = self.bridge.turn().await;
        // A line that does not obey any more can only be given back.
        if let (Some(level), Some(now)) = (level, now)
            && let Ok(Taken { of, offset }) = self.take_of(&now).await
        {
            let _ = of.write(offset, level).await;
        }
        if let Some(Taken { of, offset }) = self.taken.lock().await.take() {
            let _ = of.release(offset).await;
            self.bridge.disown(offset);
        }
    }
}

impl Handle {
    /// A task, because whoever asked may give up, and the bridge's driver is not to end with that.
    fn act(&self, act: Act) -> Later<Result<Option<GpioLevel>, BoardFailure>> {
        let line = self.0.clone();
        let done = tokio::spawn(async move { line.act(act).await });
        Box::pin(async move { done.await.unwrap_or_else(|_| Err(HostError::backend("the host ends").into())) })
    }
}

impl GpioLine for Handle {
    fn ready(&mut self) -> Later<Result<(), BoardFailure>> {
        let taken = self.act(Act::Take);
        Box::pin(async move { taken.await.map(drop) })
    }

    /// What is linked for a device behind a bridge waits for its answer.
    fn read(&mut self) -> Result<GpioLevel, GpioError> {
        Err(GpioError::other("a line behind a bridge answers later"))
    }

    fn write(&mut self, _level: GpioLevel) -> Result<(), GpioError> {
        Err(GpioError::other("a line behind a bridge answers later"))
    }

    fn read_later(&mut self) -> Later<Result<GpioLevel, GpioError>> {
        let read = self.act(Act::Read);
        Box::pin(async move { read.await.map_err(error_of)?.ok_or_else(|| GpioError::other("the line has no level")) })
    }

    fn write_later(&mut self, level: GpioLevel) -> Later<Result<(), GpioError>> {
        let written = self.act(Act::Write(level));
        Box::pin(async move { written.await.map(drop).map_err(error_of) })
    }

    fn watch(&mut self, _listener: EdgeListener) -> Result<(), GpioError> {
        let bridge = self.0.bridge.name();
        let message = format!("the bridge \"{bridge}\" tells of no edges");
        Err(GpioError::new(GpioErrorCode::OperationNotSupported, message))
    }

    fn unwatch(&mut self) {}

    fn end(self: Box<Self>, level: Option<GpioLevel>) {
        let line = self.0.clone();
        line.is_closed.store(true, Ordering::Release);
        let ending = line.bridge.ending();
        tokio::spawn(async move {
            line.end(level).await;
            drop(ending);
        });
    }
}

/// What a driver of lines answers, as what wasi:gpio has for it.
fn error_of(failure: BoardFailure) -> GpioError {
    let code = match &failure {
        BoardFailure::Device(DeviceError { code: DeviceErrorCode::Unsupported, .. }) => {
            GpioErrorCode::OperationNotSupported
        }
        BoardFailure::Device(DeviceError { code: DeviceErrorCode::Bus(_), .. }) => GpioErrorCode::HardwareFault,
        _ => GpioErrorCode::Other,
    };
    GpioError::new(code, failure.to_string())
}

fn shown(line: &GpioLineName) -> String {
    match line {
        GpioLineName::Offset(offset) => offset.to_string(),
        GpioLineName::Name(name) => quoted(name),
    }
}

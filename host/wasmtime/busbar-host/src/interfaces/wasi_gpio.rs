//! wasi:gpio@0.2.0 and busbar:board/gpio as drivers, and apps that bring their own, get them: a pin is judged when it is handed out, and each
//! call on it counts against the limits of its device.

use super::Buses;
use crate::bindings::busbar::board::gpio;
use crate::bindings::wasi::gpio::{delay, digital, general};
use crate::bus::gpio::{
    ActiveLevel, Edges, GpioDirection, GpioError, GpioErrorCode, GpioState, OpenedLine, Pull, StateEdge,
};
use crate::bus::{BusAccess, Later};
use crate::wait::sleep;
use busbar_core::app::Pollable;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::Result;
use wasmtime::component::Resource;

/// What all pins have: the line belongs to whoever drives the device.
pub struct Pin {
    /// The device's name in the board file.
    device: Arc<str>,
    line: Arc<OpenedLine>,
}

/// wasi:gpio/digital `digital-in-pin`.
pub struct InPin(Pin);

/// wasi:gpio/digital `digital-out-pin`.
pub struct OutPin(Pin);

/// wasi:gpio/digital `digital-in-out-pin`.
pub struct InOutPin(Pin);

/// busbar:board/gpio `edges`.
pub struct EdgesHandle(Arc<Edges>);

type Answer<T> = Result<core::result::Result<T, general::GpioError>>;

/// A pin of one mode, as the table has it.
pub trait PinHandle: Send + 'static {
    const MODE: GpioDirection;

    fn new(pin: Pin) -> Self;

    fn pin(&self) -> &Pin;
}

macro_rules! pin_handles {
    ($($name:ident: $mode:expr),*) => {
        $(impl PinHandle for $name {
            const MODE: GpioDirection = $mode;

            fn new(pin: Pin) -> Self {
                Self(pin)
            }

            fn pin(&self) -> &Pin {
                &self.0
            }
        })*
    };
}

pin_handles!(InPin: GpioDirection::In, OutPin: GpioDirection::Out, InOutPin: GpioDirection::InOut);

impl Buses<'_> {
    fn open_pin<P: PinHandle>(&mut self, name: &str, line: &str) -> Answer<Resource<P>> {
        match self.0.open_pin(name, line, P::MODE) {
            Ok(line) => Ok(Ok(self.0.table().push(P::new(Pin { device: name.into(), line }))?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    /// What a pin does with its line.
    fn with_line<P: PinHandle, T>(
        &mut self,
        pin: &Resource<P>,
        act: impl FnOnce(&BusAccess<'_>, &Arc<OpenedLine>) -> core::result::Result<T, GpioError>,
    ) -> Answer<T> {
        let Pin { device, line } = self.0.table().get(pin)?.pin();
        let (device, line) = (device.clone(), line.clone());
        // A pin is only made of a device that it drives.
        let Some(access) = self.0.access(&device) else {
            return Ok(Err(general::GpioError::Other("the lines are closed".to_owned())));
        };
        Ok(act(&access, &line).map_err(Into::into))
    }

    /// What a pin does with its line, which may be behind a bridge.
    pub(super) fn line_later<P: PinHandle, T: Send + 'static>(
        &mut self,
        pin: &Resource<P>,
        act: impl FnOnce(&BusAccess<'_>, &Arc<OpenedLine>) -> Later<core::result::Result<T, GpioError>>,
    ) -> Result<Later<core::result::Result<T, GpioError>>> {
        let Pin { device, line } = self.0.table().get(pin)?.pin();
        let (device, line) = (device.clone(), line.clone());
        let Some(access) = self.0.access(&device) else {
            return Ok(Box::pin(async { Err(GpioError::other("the lines are closed")) }));
        };
        Ok(act(&access, &line))
    }

    fn config<P: PinHandle>(&mut self, pin: &Resource<P>) -> Result<digital::DigitalConfig> {
        let Pin { line, .. } = self.0.table().get(pin)?.pin();
        let grant = line.grant();
        Ok(digital::DigitalConfig {
            label: line.name().to_owned(),
            pin_mode: match P::MODE {
                GpioDirection::In => general::PinMode::In,
                GpioDirection::Out => general::PinMode::Out,
                GpioDirection::InOut => general::PinMode::InOut,
            },
            active_level: match grant.active_level {
                ActiveLevel::High => general::ActiveLevel::ActiveHigh,
                ActiveLevel::Low => general::ActiveLevel::ActiveLow,
            },
            pull_resistor: grant.pull.map(|pull| match pull {
                Pull::Up => general::PullResistor::PullUp,
                Pull::Down => general::PullResistor::PullDown,
            }),
        })
    }

    /// A pin is ready from the start: its line was opened before.
    fn ready_pin(&mut self) -> Result<Resource<Pollable>> {
        Ok(self.0.table().push(Pollable::At(0))?)
    }

    fn set<P: PinHandle>(&mut self, pin: &Resource<P>, state: GpioState) -> Answer<()> {
        self.with_line(pin, |access, line| access.set_line(line, state))
    }

    fn toggle<P: PinHandle>(&mut self, pin: &Resource<P>) -> Answer<()> {
        self.with_line(pin, |access, line| access.toggle_line(line))
    }

    fn read<P: PinHandle>(&mut self, pin: &Resource<P>) -> Answer<digital::PinState> {
        self.with_line(pin, |access, line| access.read_line(line).map(Into::into))
    }

    fn is<P: PinHandle>(&mut self, pin: &Resource<P>, state: GpioState) -> Answer<bool> {
        self.with_line(pin, |access, line| access.read_line(line).map(|found| found == state))
    }

    fn watch_state<P: PinHandle>(&mut self, pin: &Resource<P>, state: GpioState) -> Answer<Resource<Pollable>> {
        let watched = self.with_line(pin, |access, line| access.watch_state(line, state))?;
        self.pollable(watched)
    }

    fn watch_edge<P: PinHandle>(&mut self, pin: &Resource<P>, state: GpioState) -> Answer<Resource<Pollable>> {
        let watched = self.with_line(pin, |access, line| access.watch_edge(line, state))?;
        self.pollable(watched)
    }

    fn pollable(&mut self, watched: core::result::Result<Pollable, general::GpioError>) -> Answer<Resource<Pollable>> {
        match watched {
            Ok(pollable) => Ok(Ok(self.0.table().push(pollable)?)),
            Err(error) => Ok(Err(error)),
        }
    }
}

impl general::Host for Buses<'_> {}

impl digital::Host for Buses<'_> {}

/// The functions that pins of all modes have.
macro_rules! every_pin {
    ($handle:ty) => {
        fn get_config(&mut self, pin: Resource<$handle>) -> Result<digital::DigitalConfig> {
            self.config(&pin)
        }

        fn watch_for_ready(&mut self, _pin: Resource<$handle>) -> Result<Resource<Pollable>> {
            self.ready_pin()
        }

        /// The guest dropped its handle. The line goes with whoever drives the device.
        fn drop(&mut self, pin: Resource<$handle>) -> Result<()> {
            self.0.table().delete(pin)?;
            Ok(())
        }
    };
}

/// Those of pins that can be set.
macro_rules! set_pin {
    ($handle:ty) => {
        fn set_state(&mut self, pin: Resource<$handle>, state: digital::PinState) -> Answer<()> {
            self.set(&pin, state.into())
        }

        fn set_active(&mut self, pin: Resource<$handle>) -> Answer<()> {
            self.set(&pin, GpioState::Active)
        }

        fn set_inactive(&mut self, pin: Resource<$handle>) -> Answer<()> {
            self.set(&pin, GpioState::Inactive)
        }

        fn toggle(&mut self, pin: Resource<$handle>) -> Answer<()> {
            Buses::toggle(self, &pin)
        }
    };
}

/// Those of pins that can be read.
macro_rules! read_pin {
    ($handle:ty) => {
        fn read(&mut self, pin: Resource<$handle>) -> Answer<digital::PinState> {
            Buses::read(self, &pin)
        }

        fn is_active(&mut self, pin: Resource<$handle>) -> Answer<bool> {
            self.is(&pin, GpioState::Active)
        }

        fn is_inactive(&mut self, pin: Resource<$handle>) -> Answer<bool> {
            self.is(&pin, GpioState::Inactive)
        }

        fn watch_state(&mut self, pin: Resource<$handle>, state: digital::PinState) -> Answer<Resource<Pollable>> {
            Buses::watch_state(self, &pin, state.into())
        }

        fn watch_active(&mut self, pin: Resource<$handle>) -> Answer<Resource<Pollable>> {
            Buses::watch_state(self, &pin, GpioState::Active)
        }

        fn watch_inactive(&mut self, pin: Resource<$handle>) -> Answer<Resource<Pollable>> {
            Buses::watch_state(self, &pin, GpioState::Inactive)
        }

        /// Falling: the line becomes inactive, whichever voltage that is.
        fn watch_falling_edge(&mut self, pin: Resource<$handle>) -> Answer<Resource<Pollable>> {
            self.watch_edge(&pin, GpioState::Inactive)
        }

        /// Rising: the line becomes active, whichever voltage that is.
        fn watch_rising_edge(&mut self, pin: Resource<$handle>) -> Answer<Resource<Pollable>> {
            self.watch_edge(&pin, GpioState::Active)
        }
    };
}

impl digital::HostDigitalOutPin for Buses<'_> {
    every_pin!(OutPin);
    set_pin!(OutPin);
}

impl digital::HostDigitalInPin for Buses<'_> {
    every_pin!(InPin);
    read_pin!(InPin);
}

impl digital::HostDigitalInOutPin for Buses<'_> {
    every_pin!(InOutPin);
    set_pin!(InOutPin);
    read_pin!(InOutPin);
}

/// Each waits as a part of the current call, whose limit ends it.
impl delay::Host for Buses<'_> {
    async fn delay_ns(&mut self, nanoseconds: u32) -> Result<()> {
        sleep(Duration::from_nanos(nanoseconds.into())).await;
        Ok(())
    }

    async fn delay_us(&mut self, microseconds: u32) -> Result<()> {
        sleep(Duration::from_micros(microseconds.into())).await;
        Ok(())
    }

    async fn delay_ms(&mut self, milliseconds: u32) -> Result<()> {
        sleep(Duration::from_millis(milliseconds.into())).await;
        Ok(())
    }
}

impl gpio::Host for Buses<'_> {
    fn open_in(&mut self, name: String, line: String) -> Answer<Resource<InPin>> {
        self.open_pin(&name, &line)
    }

    fn open_out(&mut self, name: String, line: String) -> Answer<Resource<OutPin>> {
        self.open_pin(&name, &line)
    }

    fn open_in_out(&mut self, name: String, line: String) -> Answer<Resource<InOutPin>> {
        self.open_pin(&name, &line)
    }

    fn watch_edges(&mut self, pin: Resource<InPin>) -> Answer<Resource<EdgesHandle>> {
        match self.with_line(&pin, |access, line| access.watch_edges(line))? {
            Ok(edges) => Ok(Ok(self.0.table().push(EdgesHandle(Arc::new(edges)))?)),
            Err(error) => Ok(Err(error)),
        }
    }
}

impl gpio::HostEdges for Buses<'_> {
    /// Waits as a part of the current call, and less long where another call waits for its turn.
    async fn wait(&mut self, edges: Resource<EdgesHandle>, timeout_ms: u32) -> Answer<Vec<gpio::Edge>> {
        let edges = self.0.table().get(&edges)?.0.clone();
        let hurry = self.0.hurry();
        let hurried = async {
            match &hurry {
                Some(hurry) => hurry.hurried().await,
                None => std::future::pending().await,
            }
        };
        let taken = edges.wait(Duration::from_millis(timeout_ms.into()), hurried).await;
        Ok(Ok(taken.into_iter().map(Into::into).collect()))
    }

    fn lost(&mut self, edges: Resource<EdgesHandle>) -> Result<u32> {
        Ok(self.0.table().get(&edges)?.0.take_lost())
    }

    fn drop(&mut self, edges: Resource<EdgesHandle>) -> Result<()> {
        self.0.table().delete(edges)?;
        Ok(())
    }
}

impl From<digital::PinState> for GpioState {
    fn from(state: digital::PinState) -> Self {
        match state {
            digital::PinState::Active => Self::Active,
            digital::PinState::Inactive => Self::Inactive,
        }
    }
}

impl From<GpioState> for digital::PinState {
    fn from(state: GpioState) -> Self {
        match state {
            GpioState::Active => Self::Active,
            GpioState::Inactive => Self::Inactive,
        }
    }
}

impl From<StateEdge> for gpio::Edge {
    fn from(StateEdge { state, time_ms }: StateEdge) -> Self {
        Self { state: state.into(), time_ms }
    }
}

impl From<GpioError> for general::GpioError {
    fn from(error: GpioError) -> Self {
        match error.code {
            GpioErrorCode::HardwareFault => Self::HardwareFault,
            GpioErrorCode::AlreadyInUse => Self::AlreadyInUse,
            GpioErrorCode::PinNotAllowed => Self::PinNotAllowed,
            GpioErrorCode::PinModeNotAllowed => Self::PinModeNotAllowed,
            GpioErrorCode::UndefinedPinLabel => Self::UndefinedPinLabel,
            GpioErrorCode::PinModeNotAvailable => Self::PinModeNotAvailable,
            GpioErrorCode::WouldBlock => Self::WouldBlock,
            GpioErrorCode::OperationNotSupported => Self::OperationNotSupported,
            GpioErrorCode::Other => Self::Other(error.message),
        }
    }
}

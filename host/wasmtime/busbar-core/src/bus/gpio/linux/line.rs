use super::errno::line_error;
use super::structures::{LineConfig, LineEvent};
use super::system::LineDev;
use crate::bus::gpio::{EdgeListener, GpioDirection, GpioEdge, GpioError, GpioErrorCode, GpioLevel, GpioLine};
use crate::bus::linux::Errno;

/// The kernel's time of a moment, and the board's.
#[derive(Debug, Clone, Copy)]
pub(super) struct SameMoment {
    pub(super) monotonic_ns: u64,
    pub(super) clock_ms: f64,
}

impl SameMoment {
    /// The board's time of another moment.
    fn clock_ms(self, monotonic_ns: u64) -> f64 {
        self.clock_ms + (i128::from(monotonic_ns) - i128::from(self.monotonic_ns)) as f64 / 1e6
    }
}

/// A line that the kernel has given to this process.
pub(super) struct LinuxLine {
    pub(super) device: Box<dyn LineDev>,
    pub(super) config: LineConfig,
    /// For people: "/dev/gpiochip0, line 17".
    pub(super) name: String,
    pub(super) times: SameMoment,
}

impl LinuxLine {
    fn failed(&self, errno: Errno) -> GpioError {
        line_error(errno, &self.name)
    }

    fn unsupported(&self, reason: &str) -> GpioError {
        GpioError::new(GpioErrorCode::OperationNotSupported, format!("{}: {reason}", self.name))
    }

    /// The kernel looks for edges only while somebody wants to know of them: each is an interrupt.
    fn start_watch(&mut self, mut listener: EdgeListener) -> Result<(), Errno> {
        // What happened while nobody listened is nobody's.
        while !self.device.events()?.is_empty() {}
        self.device.configure(&LineConfig { edges: true, ..self.config })?;
        let times = self.times;
        self.device.listen(Box::new(move |events| {
            for LineEvent { level, timestamp_ns } in events {
                listener(GpioEdge { level: *level, time_ms: times.clock_ms(*timestamp_ns) });
            }
        }))
    }
}

impl GpioLine for LinuxLine {
    fn read(&mut self) -> Result<GpioLevel, GpioError> {
        self.device.level().map_err(|errno| self.failed(errno))
    }

    fn write(&mut self, level: GpioLevel) -> Result<(), GpioError> {
        // The kernel looks at it too, but an output of this configuration it cannot know of.
        if self.config.direction == GpioDirection::In {
            return Err(self.unsupported("an input cannot be set"));
        }
        self.device.set_level(level).map_err(|errno| self.failed(errno))
    }

    fn watch(&mut self, listener: EdgeListener) -> Result<(), GpioError> {
        // gpiolib-cdev.c: "Edge detection requires explicit input".
        if self.config.direction != GpioDirection::In {
            return Err(self.unsupported("an output tells of no edges"));
        }
        let watched = self.start_watch(listener);
        watched.map_err(|errno| {
            self.unwatch();
            self.failed(errno)
        })
    }

    fn unwatch(&mut self) {
        self.device.ignore();
        // Where it fails, the line is gone, and the next call says so.
        let _ = self.device.configure(&self.config);
    }
}

use super::ioctl::ChipFile;
use super::structures::{ChipInfo, LineConfig, LineEvent, LineInfo};
use crate::bus::gpio::GpioLevel;
use crate::bus::linux::{Errno, SystemFiles, ThisMachine};

/// Everything that the GPIO backend takes from its surroundings beside files; a test gives its own.
pub(super) trait GpioSystem: SystemFiles {
    /// Opens `/dev/gpiochipN`, which changes nothing.
    fn open(&self, path: &str) -> Result<Box<dyn ChipDev>, Errno>;

    /// CLOCK_MONOTONIC, in nanoseconds: the kernel tells of edges by it.
    fn monotonic_ns(&self) -> u64;
}

/// The system calls behind an opened `/dev/gpiochipN`, and nothing above them. Dropping it closes the file.
pub(super) trait ChipDev: Send {
    /// `GPIO_GET_CHIPINFO_IOCTL`. ENOTTY where the file is no chip.
    fn info(&self) -> Result<ChipInfo, Errno>;

    /// `GPIO_V2_GET_LINEINFO_IOCTL`. EINVAL where there is no such line.
    fn line_info(&self, offset: u32) -> Result<LineInfo, Errno>;

    /// `GPIO_V2_GET_LINE_IOCTL`: takes a line. Its descriptor does not wait when nothing is there to be read.
    fn request(&self, offset: u32, consumer: &str, config: &LineConfig) -> Result<Box<dyn LineDev>, Errno>;
}

/// What is told of the edges that the kernel has kept.
pub(super) type EventListener = Box<dyn FnMut(&[LineEvent]) + Send>;

/// The system calls behind a taken line. Dropping it gives the line back.
pub(super) trait LineDev: Send {
    /// `GPIO_V2_LINE_SET_CONFIG_IOCTL`.
    fn configure(&self, config: &LineConfig) -> Result<(), Errno>;

    /// `GPIO_V2_LINE_GET_VALUES_IOCTL`.
    fn level(&self) -> Result<GpioLevel, Errno>;

    /// `GPIO_V2_LINE_SET_VALUES_IOCTL`.
    fn set_level(&self, level: GpioLevel) -> Result<(), Errno>;

    /// The edges that the kernel has kept, some at a time; none where there are none.
    fn events(&self) -> Result<Vec<LineEvent>, Errno>;

    /// Reads the edges as they come, and tells the listener, until [`Self::ignore`]: then it is not called any more. A controller that was
    /// pulled out ends it.
    fn listen(&mut self, listener: EventListener) -> Result<(), Errno>;

    /// See [`Self::listen`]. Legal where nobody listens.
    fn ignore(&mut self);
}

impl GpioSystem for ThisMachine {
    fn open(&self, path: &str) -> Result<Box<dyn ChipDev>, Errno> {
        Ok(Box::new(ChipFile::open(path)?))
    }

    fn monotonic_ns(&self) -> u64 {
        super::ioctl::monotonic_ns()
    }
}

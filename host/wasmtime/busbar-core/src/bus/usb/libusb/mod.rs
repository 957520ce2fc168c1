//! The USB devices of this machine, through libusb, which is built in: transfers are asynchronous, and what they wait for
//! is waited for by the runtime that serves everything else.
//!
//! There is no thread for events. libusb itself has one that listens to the kernel for arrivals and departures, and
//! calls that ask the device and wait in the kernel (choosing a configuration, giving back an interface) are made in the
//! runtime's threads for such calls, which end when they are idle.

mod backend;
mod device;
mod diagnose;
mod errors;
mod handle;
mod recover;
mod remedies;
mod sys;
mod sysfs;

pub use backend::Libusb;
pub use diagnose::UsbDiagnosis;

//! What apps get on every host beside the devices of the board: what they print and read, the time, random numbers, one folder,
//! and the buses of devices that they drive themselves. Nothing here knows an engine.

mod access;
mod descriptor;
mod driven;
mod file;
mod granted_folder;
mod input;
mod open_devices;
mod output;
mod random;
mod readiness;
mod run;
mod streams;
mod usb;

pub use access::{refuse_to_drive, require_use};
pub use descriptor::{Descriptor, DescriptorUse, Opening, folder_time, metadata_hash};
pub use driven::{DeviceQuotas, DrivenDevices, OpenDeviceBuses, PinCall, quotas_of_driven};
pub use granted_folder::{FolderQuota, GrantedFolder, Opened};
pub use input::{Inlet, TakeInput};
pub use open_devices::{ClosesDevice, OpenDevices};
pub use output::{Outlet, TakeOutput};
pub use random::{random_bytes, random_u64};
pub use readiness::{Pollable, Readiness, Waiting, poll};
pub use run::{Ended, RunOptions, RunStreams, RunsApps, find_app};
pub use streams::{InputStream, OutputStream, StreamError};
pub use usb::{AppUsb, DrivenUsb, SeenUsb, usb_of_driven};

/// What ends an app that waits for nothing: wasi:io/poll has a trap there.
pub const NOTHING_TO_WAIT_FOR: &str = "wasi:io/poll: nothing to wait for";
/// What ends an app whose write takes more than `check-write` permits: wasi:io/streams has a trap there.
pub const NOT_PERMITTED: &str = "wasi:io/streams: more was written than check-write permits";

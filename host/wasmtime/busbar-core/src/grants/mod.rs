//! What a grant covers: pure functions, so that host/verdicts tests them.

mod folder;
#[cfg(feature = "std")]
mod least;
mod quota;
mod rate;
mod security_keys;
mod usb;
mod usb_facts;
mod usb_fits;
mod usb_overlap;
mod usb_request;
mod use_record;
mod use_recorder;
mod verdict;
mod whole_number;

pub use folder::{FolderCall, FolderDenial, judge_folder};
#[cfg(feature = "std")]
pub use least::least_entry;
pub use quota::{DeviceQuota, Taken, noted_use};
pub use rate::RateLimit;
pub use security_keys::{HID_CLASS, SMART_CARD_CLASS, is_security_key, uses_fido};
pub use usb::{
    DeviceChange, UsbCall, UsbDenial, UsbInterfaces, granted_interfaces, interfaces_of, judge_usb, matches_usb,
    needed_allowances,
};
pub use usb_facts::{
    ReportError, UsbConfiguration, UsbDescription, UsbFacts, UsbInterfaceFacts, UsbLocation, UsbSetting,
    current_configuration, describe_device, facts_of, fido_interfaces, hid_interfaces,
};
pub use usb_fits::{UsbFit, fitting_interfaces, parse_usb_fits};
pub use usb_overlap::share_interfaces;
pub use usb_request::ControlRequest;
pub(crate) use use_record::fields;
pub use use_record::{DeviceUse, UsbUse, merge_use, parse_uses};
pub use use_recorder::UseRecorder;
pub use verdict::{Denied, Verdict};
pub(crate) use verdict::{Enforced, hex};
pub(crate) use whole_number::whole_number;

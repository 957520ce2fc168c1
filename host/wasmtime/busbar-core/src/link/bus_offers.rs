use super::grant::Offer;

const USB: [&str; 12] = [
    "component:usb/device",
    "component:usb/transfers",
    "component:usb/usb-hotplug",
    "component:usb/errors",
    "component:usb/configuration",
    "component:usb/descriptors",
    // The same by the later name of the proposal.
    "wasi:usb/device",
    "wasi:usb/transfers",
    "wasi:usb/hotplug",
    "wasi:usb/errors",
    "wasi:usb/configuration",
    "wasi:usb/descriptors",
];

/// component:usb@0.2.1, whole, for drivers or for apps; also as wasi:usb@0.2.1, which is the same.
pub fn usb_offers<Entry>(granted: fn(&Entry) -> bool, grant_line: &'static str) -> impl Iterator<Item = Offer<Entry>> {
    USB.into_iter().map(move |path| Offer { path, version: "0.2.1", granted, grant_line })
}

/// An interface that every entry has.
pub fn always<Entry>(path: &'static str, version: &'static str) -> Offer<Entry> {
    Offer { path, version, granted: |_| true, grant_line: "" }
}

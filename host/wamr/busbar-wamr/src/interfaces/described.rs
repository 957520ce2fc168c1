use crate::flattened::{Interface, read_interface};
#[cfg(feature = "std")]
use std::sync::LazyLock;

/// What drivers get of every host of this kind, as wit/ has it: made from there when this crate is compiled.
pub fn describe() -> Interface {
    // A test reads it, too: without it nothing could be linked.
    read_interface(HOST).unwrap_or_default()
}

const HOST: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/host.interface"));

/// [`describe`], once for all.
#[cfg(feature = "std")]
pub fn described() -> &'static Interface {
    static DESCRIBED: LazyLock<Interface> = LazyLock::new(describe);
    &DESCRIBED
}

/// Interfaces as wit/ has them: likewise.
#[cfg(feature = "std")]
macro_rules! described {
    ($($(#[$documentation:meta])* $name:ident, $bytes:ident = $file:literal;)*) => {
        $(
            $(#[$documentation])*
            pub fn $name() -> &'static Interface {
                static DESCRIBED: LazyLock<Interface> = LazyLock::new(|| read_interface($bytes).unwrap_or_default());
                &DESCRIBED
            }

            const $bytes: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/", $file));
        )*
    };
}

#[cfg(feature = "std")]
described! {
    /// What needs an operating system: USB, SPI, GPIO, and what apps get.
    system, SYSTEM = "system.interface";
    /// The device interfaces, as drivers export them.
    device_interfaces, DEVICES = "devices.interface";
    /// component:usb/transfers with the packets of isochronous transfers: wit/shapes/transfer-result.
    transfer_result, TRANSFER_RESULT = "transfer-result.interface";
    /// Likewise, and the transfer is only lent: wit/shapes/borrowed-transfer.
    borrowed_transfer, BORROWED_TRANSFER = "borrowed-transfer.interface";
    /// wasi:spi/spi with the `write` that its text surely means: wit/shapes/write-error.
    write_error, WRITE_ERROR = "write-error.interface";
}

#[cfg(test)]
mod tests {
    use super::{
        BORROWED_TRANSFER, DEVICES, HOST, SYSTEM, TRANSFER_RESULT, WRITE_ERROR, borrowed_transfer, described,
        device_interfaces, system, transfer_result, write_error,
    };
    use crate::app::app_functions;
    use crate::component::{Offered, same_function};
    use crate::flattened::{DefinedType, Interface, read_interface};
    use crate::interfaces::functions_of_drivers;
    use busbar_core::link::parse_interface_name;

    #[test]
    fn every_function_of_this_host_is_described_and_every_described_one_is_there() {
        for (bytes, read) in [
            (HOST, described()),
            (SYSTEM, system()),
            (TRANSFER_RESULT, transfer_result()),
            (BORROWED_TRANSFER, borrowed_transfer()),
            (WRITE_ERROR, write_error()),
        ] {
            assert_eq!(read_interface(bytes).as_ref(), Ok(read));
        }
        let (drivers, apps) = (functions_of_drivers(), app_functions());
        let names = names_of(&drivers).into_iter().chain(names_of(&apps));
        // What is told that a handle is gone is no function of wit/.
        let mut there: Vec<_> = names.filter(|(_, name)| !name.starts_with("[resource-drop]")).collect();
        let described = described().imported.iter().chain(&system().imported);
        let mut in_wit: Vec<_> = described
            .map(|each| (parse_interface_name(&each.place.interface).path, each.place.name.as_str()))
            .collect();
        there.sort_unstable();
        there.dedup();
        in_wit.sort_unstable();
        // wasi:io/poll is there twice: for apps, and in the version that wasi:gpio names.
        in_wit.dedup();
        assert_eq!(there, in_wit);
    }

    fn names_of<S>(offered: &[Offered<'static, S>]) -> Vec<(&'static str, &'static str)> {
        // The first two have all functions, the others some of them in other shapes.
        offered[..2].iter().flat_map(|each| each.functions.iter().map(|each| (each.path(), each.name()))).collect()
    }

    #[test]
    fn a_transfer_is_awaited_in_each_of_the_shapes() {
        let shapes = [system(), transfer_result(), borrowed_transfer()];
        let awaiting = |described: &'static Interface| {
            described.imported.iter().filter(|each| each.place.name == "await-transfer")
        };
        for declared_by in shapes {
            assert_eq!(awaiting(declared_by).count(), 2, "of both packages");
            for declared in awaiting(declared_by) {
                let same = shapes.into_iter().filter(|offered_by| {
                    let mut offered = awaiting(offered_by).filter(|each| each.place == declared.place);
                    offered.any(|each| same_function((declared_by, declared), (offered_by, each)))
                });
                assert_eq!(same.count(), 1, "{:?}", declared.place);
            }
        }
    }

    #[test]
    fn a_write_on_spi_is_declared_in_each_of_two_shapes() {
        let write = |described: &'static Interface| {
            described.imported.iter().find(|each| each.place.name == "[method]spi-device.write").expect("it is there")
        };
        for declared_by in [system(), write_error()] {
            let same = [system(), write_error()]
                .into_iter()
                .filter(|offered_by| same_function((declared_by, write(declared_by)), (offered_by, write(offered_by))));
            assert_eq!(same.count(), 1);
        }
    }

    #[test]
    fn every_device_interface_is_described() {
        assert_eq!(read_interface(DEVICES).as_ref(), Ok(device_interfaces()));
        let mut known: Vec<_> = busbar_core::link::device_interfaces().iter().map(|each| each.path).collect();
        let exported = device_interfaces().names.exports.iter();
        let mut described: Vec<_> = exported.map(|each| parse_interface_name(&each.name).path).collect();
        known.sort_unstable();
        described.sort_unstable();
        assert_eq!(described, known);
    }

    /// The names of the cases of all variants and enums.
    fn cases(interface: &'static Interface) -> Vec<Vec<&'static str>> {
        let named = |defined: &'static DefinedType| match defined {
            DefinedType::Variant(cases) => Some(cases.iter().map(|(name, _)| name.as_str()).collect()),
            DefinedType::Enum(cases) => Some(cases.iter().map(String::as_str).collect()),
            _ => None,
        };
        interface.types.iter().filter_map(named).collect()
    }

    #[test]
    fn cases_have_the_numbers_that_this_host_gives_them() {
        let known = [cases(described()), cases(system())].concat();
        for cases in [
            &["read", "write"][..],
            &["bus", "arbitration-loss", "no-acknowledge", "overrun", "other"],
            &["address", "data", "unknown"],
            &["overrun", "mode-fault", "frame-format", "chip-select-fault", "other"],
            &["read", "write", "transfer", "delay-ns"],
            &["read", "write", "transfer", "delay"],
            &["not-found", "access-denied"],
            &[
                "hardware-fault",
                "already-in-use",
                "pin-not-allowed",
                "pin-mode-not-allowed",
                "undefined-pin-label",
                "pin-mode-not-available",
                "would-block",
                "operation-not-supported",
                "other",
            ],
            &["active-high", "active-low"],
            &["in", "out", "in-out"],
            &["pull-up", "pull-down"],
            &["active", "inactive"],
            &[
                "io",
                "invalid-param",
                "access",
                "no-device",
                "not-found",
                "busy",
                "timeout",
                "overflow",
                "pipe",
                "interrupted",
                "no-mem",
                "not-supported",
                "other",
            ],
            &["unknown", "low", "full", "high", "super", "super-plus", "super-plus-X2"],
            &["control", "bulk", "interrupt", "isochronous"],
            &["unconfigured", "value"],
        ] {
            assert!(known.iter().any(|each| each == cases), "{cases:?}");
        }
        let statuses = ["success", "error", "timed-out", "cancelled", "stall", "no-device", "overflow"];
        assert!(cases(transfer_result()).iter().any(|each| *each == statuses));
    }
}

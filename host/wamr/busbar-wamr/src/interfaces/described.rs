use crate::flattened::{Interface, read_interface};
#[cfg(feature = "std")]
use std::sync::LazyLock;

/// The functions of this host, as wit/ has them: made from there when this crate is compiled.
pub fn describe() -> Interface {
    // A test reads it, too: without it nothing could be linked.
    read_interface(HOST).unwrap_or_default()
}

/// [`describe`], once for all.
#[cfg(feature = "std")]
pub fn described() -> &'static Interface {
    static DESCRIBED: LazyLock<Interface> = LazyLock::new(describe);
    &DESCRIBED
}

/// The device interfaces, as drivers export them: likewise.
#[cfg(feature = "std")]
pub fn device_interfaces() -> &'static Interface {
    static DESCRIBED: LazyLock<Interface> = LazyLock::new(|| {
        // Likewise.
        read_interface(DEVICES).unwrap_or_default()
    });
    &DESCRIBED
}

const HOST: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/host.interface"));
#[cfg(feature = "std")]
const DEVICES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/devices.interface"));

#[cfg(test)]
mod tests {
    use super::{DEVICES, HOST, described, device_interfaces};
    use crate::app::app_functions;
    use crate::flattened::{DefinedType, Interface, read_interface};
    use crate::instance::DriverState;
    use crate::interfaces::driver_functions;
    use busbar_core::link::parse_interface_name;

    #[test]
    fn every_function_of_this_host_is_described_and_every_described_one_is_there() {
        assert_eq!(read_interface(HOST).as_ref(), Ok(described()));
        let drivers = driver_functions::<DriverState>();
        let apps = app_functions();
        let of_drivers = drivers.iter().map(|each| (each.path(), each.name()));
        let of_apps = apps.iter().map(|each| (each.path(), each.name()));
        // What is told that a handle is gone is no function of wit/.
        let functions = of_drivers.chain(of_apps).filter(|(_, name)| !name.starts_with("[resource-drop]"));
        let mut there: Vec<_> = functions.collect();
        let mut in_wit: Vec<_> = (described().imported.iter())
            .map(|each| (parse_interface_name(&each.place.interface).path, each.place.name.as_str()))
            .collect();
        there.sort_unstable();
        there.dedup();
        in_wit.sort_unstable();
        assert_eq!(there, in_wit);
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
        let known = cases(described());
        for cases in [
            &["read", "write"][..],
            &["bus", "arbitration-loss", "no-acknowledge", "overrun", "other"],
            &["address", "data", "unknown"],
            &["not-found", "access-denied"],
        ] {
            assert!(known.iter().any(|each| each == cases), "{cases:?}");
        }
    }
}

use crate::flattened::{Interface, read_interface};
#[cfg(feature = "std")]
use std::sync::LazyLock;

/// The functions of this host, and of the devices that it calls, as wit/ has them: made from there when this crate is compiled.
pub fn describe() -> Interface {
    // A test reads it, too: without it nothing could be linked.
    read_interface(ENCODED).unwrap_or_default()
}

/// [`describe`], once for all.
#[cfg(feature = "std")]
pub fn described() -> &'static Interface {
    static DESCRIBED: LazyLock<Interface> = LazyLock::new(describe);
    &DESCRIBED
}

const ENCODED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/host.interface"));

#[cfg(test)]
mod tests {
    use super::{ENCODED, described};
    use crate::flattened::{DefinedType, Interface, read_interface};
    use crate::instance::DriverState;
    use crate::interfaces::driver_functions;
    use busbar_core::link::parse_interface_name;

    #[test]
    fn every_function_of_this_host_is_described_and_every_described_one_is_there() {
        assert_eq!(read_interface(ENCODED).as_ref(), Ok(described()));
        let mut there: Vec<_> = driver_functions::<DriverState>().iter().map(|each| (each.path, each.name)).collect();
        let mut in_wit: Vec<_> = (described().imported.iter())
            .map(|each| (parse_interface_name(&each.place.interface).path, each.place.name.as_str()))
            .collect();
        there.sort_unstable();
        in_wit.sort_unstable();
        assert_eq!(there, in_wit);
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

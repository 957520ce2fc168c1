use crate::flattened::{DefinedType, FunctionType, ValueType};
use crate::interfaces::device_interfaces;
use busbar_core::link::parse_interface_name;

/// The function of a device interface that gives a device.
pub const OPEN: &str = "open";
/// What releases the part.
pub const CLOSE: &str = "[method]device.close";
/// The resource of every device interface.
pub const RESOURCE: &str = "device";

/// The parameter, always the last, that says for how long a function may wait for what the device sends.
const TIMEOUT: &str = "timeout-ms";

/// What the host can answer where a driver does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An error of busbar:device/errors.
    Error,
    /// What it said before: it takes nothing, and is as long the same as the device is open.
    Property,
    /// Nothing, for it answers nothing.
    Nothing,
}

/// A function of a device interface, as wit/ has it.
#[derive(Debug, Clone, Copy)]
pub struct DeviceFunction {
    /// "[method]device.read".
    pub name: &'static str,
    pub declared: &'static FunctionType,
}

/// All functions of a device interface, by its path: "busbar:device/sensor".
pub fn device_functions(path: &str) -> impl Iterator<Item = DeviceFunction> {
    let is_of_it = move |each: &&FunctionType| parse_interface_name(&each.place.interface).path == path;
    let functions = device_interfaces().exported.iter().filter(is_of_it);
    functions.map(|declared| DeviceFunction { name: declared.place.name.as_str(), declared })
}

impl DeviceFunction {
    /// One of a device interface; none where it has none of this name.
    pub fn of(path: &str, name: &str) -> Option<Self> {
        device_functions(path).find(|each| each.name == name)
    }

    /// What the host can answer where the driver does not.
    pub fn answer(self) -> Answer {
        match self.declared.result {
            None => Answer::Nothing,
            Some(_) if self.ok().is_some() => Answer::Error,
            Some(_) => Answer::Property,
        }
    }

    /// Whether it waits for what the device sends, for as long as it is told, and gives none, an empty list or a record of such and of what
    /// is not so where nothing came.
    pub fn waits(self) -> bool {
        let ends_with_timeout =
            self.declared.parameters.last().is_some_and(|(name, last)| name == TIMEOUT && *last == ValueType::U32);
        let gives_something = self.ok().flatten().and_then(defined);
        ends_with_timeout && gives_something.is_some_and(can_be_nothing)
    }

    /// Of a function that can fail: what it gives otherwise.
    fn ok(self) -> Option<Option<ValueType>> {
        match defined(self.declared.result?)? {
            DefinedType::Result { ok, .. } => Some(*ok),
            _ => None,
        }
    }
}

/// Whether a value of this type says that nothing came.
fn can_be_nothing(given: &DefinedType) -> bool {
    let is_list = |field: &ValueType| matches!(defined(*field), Some(DefinedType::Option(_) | DefinedType::List(_)));
    match given {
        DefinedType::Option(_) | DefinedType::List(_) => true,
        DefinedType::Record(fields) => {
            fields.iter().all(|(_, field)| is_list(field) || *field == ValueType::Bool)
                && fields.iter().any(|(_, field)| is_list(field))
        }
        _ => false,
    }
}

fn defined(value_type: ValueType) -> Option<&'static DefinedType> {
    match value_type {
        ValueType::Defined(index) => device_interfaces().types.get(index),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, CLOSE, DeviceFunction, OPEN, RESOURCE, device_functions};
    use busbar_core::device::{INFO, READ, descriptions};
    use busbar_core::link::{device_interfaces, parse_interface_name};

    #[test]
    fn every_device_interface_is_opened_described_and_closed() {
        for interface in device_interfaces() {
            for name in [OPEN, CLOSE] {
                assert!(DeviceFunction::of(interface.path, name).is_some(), "{}: {name}", interface.path);
            }
            let properties: Vec<_> =
                device_functions(interface.path).filter(|each| each.answer() == Answer::Property).collect();
            let mut names: Vec<_> = properties.iter().map(|each| each.name).collect();
            let mut described = descriptions(interface.kind).to_vec();
            names.sort_unstable();
            described.sort_unstable();
            assert_eq!(names, described, "{}", interface.path);
            assert!(device_functions(interface.path).all(|each| each.name == OPEN || each.name.contains(RESOURCE)));
        }
    }

    #[test]
    fn what_waits_for_a_device_says_for_how_long() {
        let waiting =
            device_interfaces().iter().flat_map(|each| device_functions(each.path)).filter(|each| each.waits());
        let named = |each: DeviceFunction| {
            let path = parse_interface_name(&each.declared.place.interface).path;
            format!("{} {}", path.trim_start_matches("busbar:device/"), each.name)
        };
        let mut waiting: Vec<_> = waiting.map(named).collect();
        waiting.sort_unstable();
        let raw = "hid [method]device.read-raw".to_owned();
        let frame = "camera [method]device.next-frame".to_owned();
        let changes = "contact [method]device.next-changes".to_owned();
        assert_eq!(waiting, [frame, changes, format!("hid {READ}"), raw, format!("serial-port {READ}")]);
        let answer = |path: &str, name: &str| DeviceFunction::of(path, name).map(DeviceFunction::answer);
        assert_eq!(answer("busbar:device/sensor", INFO), Some(Answer::Property));
        assert_eq!(answer("busbar:device/sensor", CLOSE), Some(Answer::Nothing));
        assert_eq!(answer("busbar:device/block-device", INFO), Some(Answer::Error));
    }
}

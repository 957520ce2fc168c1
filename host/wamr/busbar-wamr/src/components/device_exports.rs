use crate::component::{ComponentInstance, Export};
use crate::device::device_functions;
use crate::instance::DriverState;
use busbar_core::link::parse_interface_name;

/// The functions of the device interface that a driver exports. Their types were compared with those of wit/.
#[derive(Default)]
pub struct DeviceExports {
    /// The interface, as the component spells it.
    pub interface: String,
    functions: Vec<(&'static str, Export)>,
}

impl DeviceExports {
    /// Looks them up in an instance.
    ///
    /// # Errors
    ///
    /// When one is missing, or its core function has another type: as what comes after "does not start:".
    pub fn of(interface: &str, component: &mut ComponentInstance<DriverState>) -> Result<Self, String> {
        let path = parse_interface_name(interface).path;
        let mut functions = Vec::new();
        for function in device_functions(path) {
            let export = component.export(interface, function.name).map_err(|what| format!("it {what}"))?;
            functions.push((function.name, export));
        }
        Ok(Self { interface: interface.to_owned(), functions })
    }

    /// One of them; none where the interface has none of this name.
    pub fn get(&self, name: &str) -> Option<&Export> {
        self.functions.iter().find(|(each, _)| *each == name).map(|(_, export)| export)
    }
}

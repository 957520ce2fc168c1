use crate::component::{ComponentInstance, Export};
use crate::instance::DriverState;
use busbar_core::link::DeviceKind;

/// The device interface that a driver exports. Its types were compared with those of wit/.
pub enum DeviceExports {
    Sensor(SensorExports),
}

/// busbar:device/sensor.
pub struct SensorExports {
    /// The interface, as the component spells it.
    pub interface: String,
    pub open: Export,
    pub info: Export,
    pub channels: Export,
    pub read: Export,
    pub close: Export,
}

impl DeviceExports {
    /// Looks them up in an instance.
    ///
    /// # Errors
    ///
    /// When one is missing, or its core function has another type: as what comes after "does not start:".
    pub fn of(
        kind: DeviceKind,
        interface: &str,
        component: &mut ComponentInstance<DriverState>,
    ) -> Result<Self, String> {
        let mut export = |name: &str| component.export(interface, name).map_err(|what| format!("it {what}"));
        match kind {
            DeviceKind::Sensor => Ok(Self::Sensor(SensorExports {
                interface: interface.to_owned(),
                open: export("open")?,
                info: export("[method]device.info")?,
                channels: export("[method]device.channels")?,
                read: export("[method]device.read")?,
                close: export("[method]device.close")?,
            })),
            _ => Err(format!("it drives a {}", kind.name())),
        }
    }
}

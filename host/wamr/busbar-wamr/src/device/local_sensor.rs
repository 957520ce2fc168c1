use super::answered::answered;
use crate::abi::{FromValue, IntoValue, Value, elements};
use crate::component::{ComponentInstance, Export};
use crate::trap::Trap;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use busbar_core::device::{Channel, DeviceError, DeviceErrorCode, SensorInfo, checked_channels, checked_reading};
use busbar_core::guest_end::took_too_long;

/// The resource of busbar:device/sensor.
const RESOURCE: &str = "device";

/// Ends calls into a driver that take too long, on a machine without threads: by an interrupt.
pub trait CallWatch {
    /// The longest time of a call, in milliseconds.
    fn limit_ms(&self) -> u32;

    /// A call begins.
    fn begin(&self);

    /// It is over.
    fn end(&self);
}

/// A sensor whose driver runs where it is called: for machines without threads.
pub struct LocalSensor<S, W> {
    /// The device's name in the board file.
    name: String,
    component: ComponentInstance<S>,
    watch: W,
    exports: Exports,
    /// What the guest knows its resource by.
    device: u32,
    info: SensorInfo,
    channels: Vec<Channel>,
    /// What ended the driver.
    ended: Option<DeviceError>,
}

struct Exports {
    /// The interface, as the component spells it.
    interface: String,
    open: Export,
    info: Export,
    channels: Export,
    read: Export,
    close: Export,
}

impl<S: Send + 'static, W: CallWatch> LocalSensor<S, W> {
    /// Starts a driver, and opens its sensor. `interface` is the name of busbar:device/sensor, as the component spells it.
    ///
    /// # Errors
    ///
    /// What the driver answers, `disconnected` when it does not start, and `protocol` where its answers make no sense.
    pub fn open(
        name: &str,
        mut component: ComponentInstance<S>,
        interface: &str,
        watch: W,
    ) -> Result<Self, DeviceError> {
        let unfit = |what: String| DeviceError::disconnected(name, format!("the driver does not start: it {what}"));
        let mut export = |function: &str| component.export(interface, function).map_err(unfit);
        let exports = Exports {
            interface: interface.to_owned(),
            open: export("open")?,
            info: export("[method]device.info")?,
            channels: export("[method]device.channels")?,
            read: export("[method]device.read")?,
            close: export("[method]device.close")?,
        };
        let (info, channels) = (SensorInfo::answered("", ""), Vec::new());
        let name = name.to_owned();
        let mut sensor = Self { name, component, watch, exports, device: 0, info, channels, ended: None };
        sensor.guarded(|component, _| component.initialize())?;
        let asked = sensor.name.clone().into_value();
        let opened = sensor.guarded(|component, exports| component.call(&exports.open, &[asked]))?;
        let Value::Resource(device) = answered(&sensor.name, opened)? else {
            return Err(DeviceError::protocol(&sensor.name, "the driver opens nothing"));
        };
        sensor.device = device;
        match sensor.ask() {
            Ok(()) => Ok(sensor),
            Err(error) => {
                // What is wrong with it has been found already.
                let _ = sensor.close();
                Err(error)
            }
        }
    }

    /// Which part it is.
    pub fn info(&self) -> &SensorInfo {
        &self.info
    }

    /// In the order of the values of a reading.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// A fresh reading: one value a channel. What lies outside of what its channel can measure is a `protocol` error.
    ///
    /// # Errors
    ///
    /// What the driver answers; after a trap or a call that took too long nothing of it answers any more.
    pub fn read(&mut self) -> Result<Vec<f64>, DeviceError> {
        let device = Value::Resource(self.device);
        let given = self.guarded(|component, exports| component.call(&exports.read, &[device]))?;
        let values = elements(answered(&self.name, given)?).unwrap_or_default();
        checked_reading(&self.name, &self.channels, values)
    }

    /// Puts the part to sleep, and releases it.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub fn close(&mut self) -> Result<(), DeviceError> {
        let device = self.device;
        self.guarded(|component, exports| {
            component.call(&exports.close, &[Value::Resource(device)])?;
            component.destroy(&exports.interface, RESOURCE, device)
        })
    }

    fn ask(&mut self) -> Result<(), DeviceError> {
        let device = self.device;
        let (info, channels) = self.guarded(|component, exports| {
            let info = component.call(&exports.info, &[Value::Resource(device)])?;
            let info = info.and_then(SensorInfo::from_value).ok_or_else(Trap::another_type)?;
            let channels = component.call(&exports.channels, &[Value::Resource(device)])?;
            Ok((info, channels.and_then(elements).ok_or_else(Trap::another_type)?))
        })?;
        self.channels = checked_channels(&self.name, channels)?;
        self.info = info;
        Ok(())
    }

    /// Calls into the driver, within its limit.
    fn guarded<T>(
        &mut self,
        invoke: impl FnOnce(&mut ComponentInstance<S>, &Exports) -> Result<T, Trap>,
    ) -> Result<T, DeviceError> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        self.watch.begin();
        let outcome = invoke(&mut self.component, &self.exports);
        self.watch.end();
        outcome.map_err(|trap| self.end(&trap))
    }

    fn end(&mut self, trap: &Trap) -> DeviceError {
        let (code, reason) = match trap {
            // No driver can exit: wasi:cli is for apps.
            Trap::Failed(_) | Trap::Exited(_) => (DeviceErrorCode::Disconnected, format!("the driver failed: {trap}")),
            Trap::Ended => (DeviceErrorCode::Timeout, took_too_long(self.watch.limit_ms().into())),
        };
        self.ended = Some(DeviceError::disconnected(&self.name, reason.as_str()));
        DeviceError::new(&self.name, code, reason)
    }
}

use super::answered::answered;
use crate::abi::{FromValue, IntoValue, Value, elements};
use crate::component::{ComponentInstance, Export};
use crate::trap::Trap;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use busbar_core::device::{Channel, DeviceError, DeviceErrorCode, SensorInfo, checked_channels, checked_reading};
use busbar_core::failure::BoardFailure;
use busbar_core::guest_end::{start_failure, took_too_long};

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
    /// Starts a driver, and opens its sensor. `label` is how messages name the component, and `interface` the name of
    /// busbar:device/sensor as it spells it.
    ///
    /// # Errors
    ///
    /// When it does not start; what the driver answers, and `protocol` where that makes no sense.
    pub fn open(
        name: &str,
        label: &str,
        mut component: ComponentInstance<S>,
        interface: &str,
        watch: W,
    ) -> Result<Self, BoardFailure> {
        let mut export = |function: &str| {
            let export = component.export(interface, function);
            export.map_err(|what| start_failure(name, label, &format!("it {what}")))
        };
        let exports = Exports {
            interface: interface.to_owned(),
            open: export("open")?,
            info: export("[method]device.info")?,
            channels: export("[method]device.channels")?,
            read: export("[method]device.read")?,
            close: export("[method]device.close")?,
        };
        let (info, channels) = (SensorInfo::answered("", ""), Vec::new());
        let mut sensor =
            Self { name: name.to_owned(), component, watch, exports, device: 0, info, channels, ended: None };
        let started = sensor.watched(|component, _| component.initialize());
        started.map_err(|trap| start_failure(name, label, &sensor.reason(&trap)))?;
        sensor.ask_to_open()?;
        Ok(sensor)
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

    fn ask_to_open(&mut self) -> Result<(), DeviceError> {
        let name = self.name.clone().into_value();
        let opened = self.guarded(|component, exports| component.call(&exports.open, &[name]))?;
        let Value::Resource(device) = answered(&self.name, opened)? else {
            return Err(DeviceError::protocol(&self.name, "the driver opens nothing"));
        };
        self.device = device;
        self.ask().inspect_err(|_| {
            // What is wrong with it has been found already.
            let _ = self.close();
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

    /// Calls into the driver, as long as it has not ended.
    fn guarded<T>(
        &mut self,
        invoke: impl FnOnce(&mut ComponentInstance<S>, &Exports) -> Result<T, Trap>,
    ) -> Result<T, DeviceError> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        self.watched(invoke).map_err(|trap| {
            let reason = self.reason(&trap);
            let (code, reason) = match trap {
                Trap::Ended => (DeviceErrorCode::Timeout, reason),
                _ => (DeviceErrorCode::Disconnected, format!("the driver failed: {reason}")),
            };
            self.ended = Some(DeviceError::disconnected(&self.name, reason.as_str()));
            DeviceError::new(&self.name, code, reason)
        })
    }

    /// Calls into the driver, within its limit.
    fn watched<T>(
        &mut self,
        invoke: impl FnOnce(&mut ComponentInstance<S>, &Exports) -> Result<T, Trap>,
    ) -> Result<T, Trap> {
        self.watch.begin();
        let outcome = invoke(&mut self.component, &self.exports);
        self.watch.end();
        outcome
    }

    fn reason(&self, trap: &Trap) -> String {
        match trap {
            // Nobody but the watch tells it to end.
            Trap::Ended => took_too_long(self.watch.limit_ms().into()),
            other => other.to_string(),
        }
    }
}

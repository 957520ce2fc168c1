use super::{
    BlockDevice, Camera, Contact, DeviceError, GpioController, Hid, I2cController, Sensor, SerialPort, SpiController,
    Switch, TextDisplay, UsbEcho,
};
use crate::instance::DriverInstance;
use crate::link::{Controller, DeviceKind};
use std::sync::Arc;

/// Opens the device of a running instance, whatever it is, and closes it again: whether it works.
///
/// # Errors
///
/// What the driver answers, and `protocol` where that makes no sense.
pub(crate) async fn open_once(
    kind: DeviceKind,
    controllers: &[Controller],
    name: &str,
    instance: Arc<DriverInstance>,
) -> Result<(), DeviceError> {
    match kind {
        DeviceKind::Sensor => Sensor::open(name, instance).await?.close().await,
        DeviceKind::TextDisplay => TextDisplay::open(name, instance).await?.close().await,
        DeviceKind::Hid => Hid::open(name, instance).await?.close().await,
        DeviceKind::SerialPort => SerialPort::open(name, instance).await?.close().await,
        DeviceKind::BlockDevice => BlockDevice::open(name, instance).await?.close().await,
        DeviceKind::Camera => Camera::open(name, instance).await?.close().await,
        DeviceKind::UsbEcho => UsbEcho::open(name, instance).await?.close().await,
        DeviceKind::Switch => Switch::open(name, instance).await?.close().await,
        DeviceKind::Contact => Contact::open(name, instance).await?.close().await,
        DeviceKind::Bridge => open_controllers(controllers, name, instance).await,
        // The functions of a component are its own.
        DeviceKind::Component => Ok(()),
    }
}

/// All that a bridge exports.
async fn open_controllers(
    controllers: &[Controller],
    name: &str,
    instance: Arc<DriverInstance>,
) -> Result<(), DeviceError> {
    for controller in controllers {
        match controller {
            Controller::I2c => I2cController::open(name, instance.clone()).await?.close().await?,
            Controller::Spi => SpiController::open(name, instance.clone()).await?.close().await?,
            Controller::Gpio => GpioController::open(name, instance.clone()).await?.close().await?,
        }
    }
    Ok(())
}

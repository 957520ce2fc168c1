use super::grant::ComponentInterface;
use super::interface_name::{parse_interface_name, serves};

/// A kind of bus that a driver can export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    I2c,
    Spi,
    Gpio,
}

/// Of all their interfaces.
const VERSION: &str = "0.1.0";

impl Controller {
    /// In the order in which messages list them.
    pub const ALL: [Self; 3] = [Self::I2c, Self::Spi, Self::Gpio];

    /// Package and interface, without version.
    fn path(self) -> &'static str {
        match self {
            Self::I2c => "busbar:device/i2c-controller",
            Self::Spi => "busbar:device/spi-controller",
            Self::Gpio => "busbar:device/gpio-controller",
        }
    }

    /// Its interface with the version that this host has: "busbar:device/i2c-controller@0.1.0".
    pub fn interface(self) -> String {
        format!("{}@{VERSION}", self.path())
    }

    /// What a bridge has where its driver exports this, in sentences.
    pub fn noun(self) -> &'static str {
        match self {
            Self::I2c => "I2C bus",
            Self::Spi => "SPI bus",
            Self::Gpio => "GPIO lines",
        }
    }
}

/// The buses that a component exports.
pub(super) fn controllers_of(component: &ComponentInterface) -> Vec<Controller> {
    let exports = |controller: &Controller| {
        component.exports.iter().any(|item| {
            let asked = parse_interface_name(&item.name);
            asked.path == controller.path() && serves(VERSION, asked.version)
        })
    };
    Controller::ALL.into_iter().filter(exports).collect()
}

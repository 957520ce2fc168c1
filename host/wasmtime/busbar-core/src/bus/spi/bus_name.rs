use crate::bus::BusName;

/// The one name of an SPI bus that was written as a text: the number B for "B" and "spiB", which is the controller's name in Linux.
pub fn spi_bus_name(written: &str) -> BusName {
    BusName::numbered_after(&["spi"], written)
}

#[cfg(test)]
mod tests {
    use super::{BusName, spi_bus_name};

    #[test]
    fn a_bus_has_one_name() {
        for written in ["1", "spi1"] {
            assert_eq!(spi_bus_name(written), BusName::Number(1));
        }
        for written in ["01", "spi", "spi01", "1234567", "sim", "spidev1", "i2c-1"] {
            assert_eq!(spi_bus_name(written), BusName::Text(written.to_owned()));
        }
    }
}

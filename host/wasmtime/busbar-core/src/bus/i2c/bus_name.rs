use crate::bus::BusName;

/// The one name of an I2C bus that was written as a text: the number N for "N", "i2c-N" and "/dev/i2c-N".
pub fn i2c_bus_name(written: &str) -> BusName {
    BusName::numbered_after(&["/dev/i2c-", "i2c-"], written)
}

#[cfg(test)]
mod tests {
    use super::{BusName, i2c_bus_name};

    #[test]
    fn a_bus_has_one_name() {
        for written in ["1", "i2c-1", "/dev/i2c-1"] {
            assert_eq!(i2c_bus_name(written), BusName::Number(1));
        }
        assert_eq!(i2c_bus_name("0"), BusName::Number(0));
        for written in ["01", "i2c-", "1234567", "sim", "/dev/1", "-1", "+1"] {
            assert_eq!(i2c_bus_name(written), BusName::Text(written.to_owned()));
        }
    }
}

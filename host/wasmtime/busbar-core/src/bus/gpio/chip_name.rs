use crate::bus::BusName;

/// The one name of a chip that was written as a text: the number N for "N", "gpiochipN" and "/dev/gpiochipN".
pub fn gpio_chip_name(written: &str) -> BusName {
    BusName::numbered_after(&["/dev/gpiochip", "gpiochip"], written)
}

#[cfg(test)]
mod tests {
    use super::{BusName, gpio_chip_name};

    #[test]
    fn a_chip_has_one_name() {
        for written in ["1", "gpiochip1", "/dev/gpiochip1"] {
            assert_eq!(gpio_chip_name(written), BusName::Number(1));
        }
        for written in ["01", "gpiochip", "gpiochip01", "/dev/1", "pinctrl-bcm2711"] {
            assert_eq!(gpio_chip_name(written), BusName::Text(written.to_owned()));
        }
    }
}

use super::SpiGrant;
use alloc::format;
use alloc::string::String;

/// Where a device is, in sentences: "SPI bus 0 at chip select 1". Two devices in one place are one.
pub(crate) fn spi_place(SpiGrant { bus, chip_select, .. }: &SpiGrant) -> String {
    format!("SPI bus {bus} at chip select {chip_select}")
}

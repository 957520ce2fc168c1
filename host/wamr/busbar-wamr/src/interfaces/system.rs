use super::component_usb::{self, SeesUsb, TransferShape, await_transfer};
use super::wasi_gpio::{self, DrivesLines};
use super::wasi_spi::{self, OpensSpi};
use super::{borrowed_transfer, described, driver_functions, poll_functions, system, transfer_result, write_error};
use crate::component::{HostFunction, Offered};
use crate::instance::DriverState;

/// All functions that a driver can be given.
pub fn functions_of_drivers() -> Vec<Offered<'static, DriverState>> {
    with_system(driver_functions(), poll_functions(|state: &DriverState| state.wired.clock))
}

/// These functions, those of wasi:gpio, and those of component:usb and wasi:spi in all their shapes. `others` are those that need an operating system, too.
pub fn with_system<S: SeesUsb + OpensSpi + DrivesLines>(
    functions: Vec<HostFunction<S>>,
    mut others: Vec<HostFunction<S>>,
) -> Vec<Offered<'static, S>> {
    others.extend(component_usb::functions());
    others.extend(wasi_spi::functions());
    others.extend(wasi_gpio::functions());
    let shape = |shape, described| Offered { functions: await_transfer(shape), described };
    vec![
        Offered { functions, described: described() },
        Offered { functions: others, described: system() },
        shape(TransferShape::TransferResult, transfer_result()),
        shape(TransferShape::BorrowedTransfer, borrowed_transfer()),
        Offered { functions: wasi_spi::write_error_functions(), described: write_error() },
    ]
}

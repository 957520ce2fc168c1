//! What no schema can say: entries of a board that contradict each other, or mean nothing.

use super::bridges::refuse_bridges;
use super::entry::{Board, UsbGrant};
use crate::bus::gpio::refuse_shared_lines;
use crate::bus::i2c::refuse_shared_targets;
use crate::bus::spi::refuse_shared_devices;
use crate::bus::uart::refuse_shared_ports;
use crate::error::HostError;
use crate::grants::share_interfaces;

/// Refuses a board of which two parts cannot be true together; gives the first that there is. `source` is what messages call
/// the board.
///
/// # Errors
///
/// [`crate::error::HostErrorCode::Board`].
pub fn refuse_contradictions(board: &Board, source: &str) -> Result<(), HostError> {
    refuse(refuse_bridges(board), source)?;
    refuse(refuse_shared_targets(board), source)?;
    refuse_vague_usb(board, source)?;
    refuse_shared_usb(board, source)?;
    refuse(refuse_shared_devices(board), source)?;
    refuse(refuse_shared_lines(board), source)?;
    refuse(refuse_shared_ports(board), source)?;
    refuse_unknown_devices(board, source)?;
    refuse_undriven(board, source)
}

/// What a bus finds wrong, as an error.
fn refuse(wrong: Option<String>, source: &str) -> Result<(), HostError> {
    wrong.map_or(Ok(()), |wrong| Err(HostError::board(format!("{source}: {wrong}."))))
}

/// Deny by default: an entry that could mean any device, or any of its interfaces, means none.
fn refuse_vague_usb(board: &Board, source: &str) -> Result<(), HostError> {
    for placed in board.entries() {
        let Some(usb) = &placed.entry.usb else { continue };
        let UsbGrant { vendor_id, product_id, class, serial_number, port, interfaces, .. } = usb;
        let sentence = if vendor_id.is_none() && class.is_none() && serial_number.is_none() && port.is_none() {
            r#"could mean any device; add "vendorId", "class", "serialNumber" or "port""#
        } else if product_id.is_some() && vendor_id.is_none() {
            r#"has a "productId", which means something only together with a "vendorId"; add that"#
        } else if interfaces.is_none() && class.is_none() {
            r#"does not say what the driver may use; add "interfaces": [0], or the "class" of its interfaces"#
        } else {
            continue;
        };
        return Err(HostError::board(format!("{source}: \"{}.usb\" {sentence}.", placed.place())));
    }
    Ok(())
}

/// Two drivers on one interface would each get half of what the device says. Seen here where both entries can only mean one
/// device: by its port or by its serial number. Otherwise it is found out when the device is plugged in.
fn refuse_shared_usb(board: &Board, source: &str) -> Result<(), HostError> {
    let entries: Vec<(String, &UsbGrant)> =
        board.entries().filter_map(|placed| Some((placed.place(), placed.entry.usb.as_ref()?))).collect();
    for (index, (place, usb)) in entries.iter().enumerate() {
        if let Some((other, _)) = entries.iter().take(index).find(|(_, each)| share_interfaces(each, usb)) {
            return Err(HostError::board(format!(
                "{source}: \"{other}\" and \"{place}\" are both wired to the same interfaces of one USB device; remove one of them, or give each its own interfaces."
            )));
        }
    }
    Ok(())
}

/// An app that waits for a device that nobody wired would only look broken.
fn refuse_unknown_devices(board: &Board, source: &str) -> Result<(), HostError> {
    for (name, app) in &board.apps {
        if let Some(unknown) = app.uses.iter().find(|device| board.device(device).is_none()) {
            return Err(HostError::board(format!(
                "{source}: \"apps.{name}.uses\" has \"{unknown}\", which \"devices\" does not have; add that device, or correct the name."
            )));
        }
    }
    Ok(())
}

/// A device without a driver is for an app that brings its own; otherwise the driver was forgotten.
fn refuse_undriven(board: &Board, source: &str) -> Result<(), HostError> {
    for (name, entry) in &board.devices {
        if entry.driver.is_some() {
            continue;
        }
        let used = board.apps.iter().any(|(_, app)| app.uses.contains(name));
        if used && entry.wired_by().next().is_some() {
            continue;
        }
        let why = if used {
            concat!(
                r#"without it the device needs an "i2c" or a "usb" or an "spi" or a "gpio" or a "uart" part "#,
                "for the app that drives it"
            )
            .to_owned()
        } else {
            format!("no app uses \"{name}\"")
        };
        return Err(HostError::board(format!("{source}: \"devices.{name}.driver\" is missing, and {why}.")));
    }
    Ok(())
}

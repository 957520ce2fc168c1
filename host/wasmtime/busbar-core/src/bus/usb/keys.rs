use super::backend::{Later, UsbDevice, UsbFailure};
use super::facts::facts_of_device;
use crate::board::{UsbAllowance, UsbGrant};
use crate::error::HostError;
use crate::grants::{ReportError, UsbFacts, fido_interfaces, granted_interfaces, hid_interfaces};

/// The security keys of one configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownKeys {
    pub(super) configuration: u8,
    pub(super) interfaces: Vec<u8>,
}

/// The security keys among the interfaces that a driver can reach: with requests to the whole device, all of them.
///
/// `read` gives the report descriptor of an interface.
pub(super) async fn find_keys<'a>(
    grant: &UsbGrant,
    device: &dyn UsbDevice,
    read: impl Fn(u8) -> Later<'a, Option<Vec<u8>>, UsbFailure> + Send + Sync,
) -> Result<KnownKeys, UsbFailure> {
    let configuration = device.active_configuration()?;
    if grant.allow.contains(&UsbAllowance::SecurityKeys) {
        return Ok(KnownKeys { configuration, interfaces: Vec::new() });
    }
    let facts = facts_of_device(device, &[])?;
    let reached = reached_interfaces(grant, &facts);
    let mut reports = Vec::new();
    for number in hid_interfaces(&facts).into_iter().filter(|number| reached.contains(number)) {
        let report = match read(number).await {
            Ok(report) => Ok(report),
            Err(UsbFailure::Usb(_)) => Err(ReportError::Unreadable),
            Err(UsbFailure::Host(error)) => Err(ReportError::Refused(error)),
        };
        reports.push((number, report));
    }
    let interfaces = fido_interfaces::<HostError>(&facts, &reached, |number| {
        let found = reports.iter().find(|(each, _)| *each == number);
        found.map_or(Err(ReportError::Unreadable), |(_, report)| report.clone())
    })?;
    Ok(KnownKeys { configuration, interfaces })
}

fn reached_interfaces(grant: &UsbGrant, facts: &UsbFacts) -> Vec<u8> {
    if grant.allow.contains(&UsbAllowance::DeviceRequests) {
        return facts.interfaces.iter().map(|each| each.number).collect();
    }
    granted_interfaces(grant, facts)
}

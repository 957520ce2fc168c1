use super::find::FlattenedFile;
use crate::component::{Linked, require_exports};
use crate::instance::DriverState;
use crate::interfaces::{described, driver_functions};
use busbar_core::board::DeviceEntry;
use busbar_core::error::HostError;
use busbar_core::guest_end::memory_needed;
use busbar_core::link::{DeviceKind, Link, link, parse_interface_name};
use std::sync::Arc;

const MEBIBYTE: u64 = 1 << 20;

/// Kinds of devices that this host asks for something itself: the other hosts know how to ask the others.
const KINDS: [DeviceKind; 1] = [DeviceKind::Sensor];

/// A driver whose imports were checked against its entry: ready to be started, again and again.
#[derive(Clone)]
pub struct Driver {
    label: Arc<str>,
    kind: DeviceKind,
    /// The name of the device interface that it exports, as it spells it.
    export_name: Arc<str>,
    linked: Arc<Linked<DriverState>>,
}

impl Driver {
    /// Checks a flattened component against its entry. Nothing of it runs.
    ///
    /// # Errors
    ///
    /// When it imports what is not granted or what this host does not have, when it drives no device, and when it needs more
    /// memory at its start than it may have.
    pub fn check(device: &str, entry: &DeviceEntry, file: FlattenedFile) -> Result<Self, HostError> {
        let FlattenedFile { label, flattened, code } = file;
        let Link { kind, export_name, .. } = link(device, entry, &label, &flattened.interface.names)?;
        let (true, Some(export_name)) = (KINDS.contains(&kind), export_name) else {
            return Err(HostError::component(format!(
                "{device}: {label} drives a {}, and this host reads sensors only; use busbar or busbar-wasmtime.",
                kind.name()
            )));
        };
        let unlinked = |what: String| {
            HostError::component(format!("{device}: {label} cannot be linked: {what}; use another build of it."))
        };
        let path = parse_interface_name(&export_name).path;
        require_exports(&flattened.interface, path, described()).map_err(unlinked)?;
        let needed_mib = flattened.memory_bytes.saturating_add(flattened.table_bytes).div_ceil(MEBIBYTE);
        if needed_mib > entry.limits.memory_mib.into() {
            return Err(memory_needed(device, &label, usize::try_from(needed_mib).unwrap_or(usize::MAX)));
        }
        let linked = Linked::new(flattened, code, &driver_functions(), described()).map_err(unlinked)?;
        Ok(Self { label: label.into(), kind, export_name: export_name.into(), linked: Arc::new(linked) })
    }

    /// How messages name the component.
    pub fn label(&self) -> &str {
        &self.label
    }

    pub fn kind(&self) -> DeviceKind {
        self.kind
    }

    /// The name of the device interface that it exports, as it spells it.
    pub fn export_name(&self) -> &str {
        &self.export_name
    }

    /// What its instances are made of.
    pub fn linked(&self) -> &Arc<Linked<DriverState>> {
        &self.linked
    }
}

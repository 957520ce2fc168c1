use super::find::FlattenedFile;
use crate::component::{Linked, require_exports};
use crate::flattened::{Flattened, FunctionType, Interface, Resource};
use crate::instance::{DriverInstance, DriverState};
use crate::interfaces::{device_interfaces, functions_of_drivers};
use busbar_core::board::DeviceEntry;
use busbar_core::callable::{CallableFunction, exported_resource};
use busbar_core::error::HostError;
use busbar_core::guest_end::{memory_needed, start_failure};
use busbar_core::link::{DeviceKind, Link, link, parse_interface_name};
use busbar_core::supervisor::{OnTrap, StartsLives, Wired};
use std::sync::Arc;

/// A driver whose imports were checked against its entry: ready to be started, again and again.
#[derive(Clone)]
pub struct Driver {
    label: Arc<str>,
    kind: DeviceKind,
    /// The name of the device interface that it exports, as it spells it; none where all its exports are called.
    export_name: Option<Arc<str>>,
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
        let (kind, export_name) = check(device, entry, &label, &flattened)?;
        let linked = Linked::new(flattened, code, &functions_of_drivers());
        let linked = linked.map_err(|what| unlinked(device, &label, &what))?;
        Ok(Self { label: label.into(), kind, export_name, linked: Arc::new(linked) })
    }

    /// The same driver for another device, checked against the entry of that: the two share its code.
    ///
    /// # Errors
    ///
    /// As for [`Self::check`].
    pub fn check_for(&self, device: &str, entry: &DeviceEntry) -> Result<Self, HostError> {
        let (kind, export_name) = check(device, entry, &self.label, self.linked.flattened())?;
        Ok(Self { kind, export_name, ..self.clone() })
    }

    /// The name of the device interface that it exports, as it spells it; none where all its exports are called.
    pub fn export_name(&self) -> Option<&Arc<str>> {
        self.export_name.as_ref()
    }

    /// The functions that it exports, in the order of their names: of one of somebody else's, all that it is called for.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "component" when it exports a resource of its own, which lives longer than a call.
    pub fn functions(&self, device: &str) -> Result<Vec<CallableFunction>, HostError> {
        let Interface { resources, exported, .. } = &self.linked.flattened().interface;
        let own =
            resources.iter().find_map(|each| if let Resource::Own(places) = each { places.first() } else { None });
        if let Some(place) = own {
            return Err(exported_resource(device, &place.name));
        }
        let callable = |FunctionType { place, .. }: &FunctionType| CallableFunction {
            interface: (!place.interface.is_empty()).then(|| place.interface.clone()),
            function: place.name.clone(),
        };
        let mut functions: Vec<_> = exported.iter().map(callable).collect();
        functions.sort_by_cached_key(CallableFunction::name);
        Ok(functions)
    }

    /// What its instances are made of.
    pub fn linked(&self) -> &Arc<Linked<DriverState>> {
        &self.linked
    }
}

/// Whether an entry grants what a component imports. Gives what it drives, and the device interface that it exports, if any.
fn check(
    device: &str,
    entry: &DeviceEntry,
    label: &str,
    flattened: &Flattened,
) -> Result<(DeviceKind, Option<Arc<str>>), HostError> {
    let Link { kind, export_name, .. } = link(device, entry, label, &flattened.interface.names)?;
    if let Some(export_name) = &export_name {
        let path = parse_interface_name(export_name).path;
        let required = require_exports(&flattened.interface, path, device_interfaces());
        required.map_err(|what| unlinked(device, label, &what))?;
    }
    let needed_mib = flattened.needed_mib();
    if needed_mib > entry.limits.memory_mib.into() {
        return Err(memory_needed(device, label, usize::try_from(needed_mib).unwrap_or(usize::MAX)));
    }
    Ok((kind, export_name.map(Into::into)))
}

/// `name` is that of the device or the app, and `what` what is wrong with its component.
pub(crate) fn unlinked(name: &str, label: &str, what: &str) -> HostError {
    HostError::component(format!("{name}: {}", no_link(label, what)))
}

/// The same without that name.
pub(super) fn no_link(label: &str, what: &str) -> String {
    format!("{label} cannot be linked: {what}; use another build of it.")
}

impl StartsLives for Driver {
    type Life = DriverInstance;

    fn kind(&self) -> DeviceKind {
        self.kind
    }

    fn label(&self) -> &str {
        &self.label
    }

    async fn start(&self, wired: Wired, on_trap: OnTrap) -> Result<DriverInstance, HostError> {
        let device = wired.device.clone();
        let started = DriverInstance::start(self, wired, on_trap).await;
        started.map_err(|reason| start_failure(&device, &self.label, &reason))
    }
}

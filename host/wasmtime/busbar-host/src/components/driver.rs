use super::compiled::{CodeStore, code_key};
use crate::bindings::{busbar, wasi};
use crate::board::DeviceEntry;
use crate::engine::Machine;
use crate::error::HostError;
use crate::instance::{DeviceExports, DriverState, Guest};
use crate::interfaces::component_usb::{TransferShape, add_usb_device, add_usb_hotplug, add_usb_transfers, shape_of};
use crate::link::{ComponentInterface, DeviceKind, Extern, ExternKind, Link, Offer, link, parse_interface_name};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use wasmtime::Store;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre, Linker};

/// In bytes. The largest that the tool chains make have a fifth of it.
const LONGEST_COMPONENT: u64 = 64 * 1024 * 1024;
/// The most handles that a guest may have at a time.
const MOST_HANDLES: usize = 4096;

/// Makes code of the component in a file, and keeps it in the store; false where nothing here can.
pub type Compile<'a> = dyn Fn(&Path) -> Result<bool, HostError> + 'a;

/// A component as code, and what messages call it.
#[derive(Clone)]
pub struct LoadedComponent {
    pub label: String,
    pub component: Component,
}

impl LoadedComponent {
    /// The code of the component in a file, out of the store; where it is not there, `compile` is asked first.
    ///
    /// # Errors
    ///
    /// When the file is no component, and when nothing here can compile it.
    pub fn load(
        machine: &Machine,
        label: &str,
        file: &Path,
        store: &CodeStore,
        compile: &Compile<'_>,
    ) -> Result<Self, HostError> {
        let key = code_key(machine, &read_component(file, label)?);
        let mut code = store.load(&machine.engine, &key)?;
        if code.is_none() && compile(file)? {
            code = store.load(&machine.engine, &key)?;
        }
        let component = code.ok_or_else(|| {
            HostError::component(format!(
                "{label} is not compiled for this machine; install busbar-wasmtime-compile beside busbar-wasmtime, or run it \
                 where it is and bring the bundle here."
            ))
        })?;
        Ok(Self { label: label.to_owned(), component })
    }

    /// What it imports and exports.
    pub fn interface(&self, machine: &Machine) -> ComponentInterface {
        let component = self.component.component_type();
        let external = |name: &str, item: &ComponentItem| Extern { name: name.to_owned(), kind: kind_of(item) };
        ComponentInterface {
            imports: component.imports(&machine.engine).map(|(name, item)| external(name, &item.ty)).collect(),
            exports: component.exports(&machine.engine).map(|(name, item)| external(name, &item.ty)).collect(),
        }
    }
}

/// A driver whose imports were checked against its entry: ready to be started, again and again.
#[derive(Clone)]
pub struct Driver {
    label: String,
    kind: DeviceKind,
    ready: InstancePre<DriverState>,
    machine: Machine,
}

impl Driver {
    /// Checks a component against its entry. Nothing of it runs.
    ///
    /// # Errors
    ///
    /// When it imports what is not granted, and when it drives no device.
    pub fn check(
        machine: &Machine,
        device: &str,
        entry: &DeviceEntry,
        loaded: &LoadedComponent,
    ) -> Result<Self, HostError> {
        let link = link(device, entry, &loaded.label, &loaded.interface(machine))?;
        let ready = linker_of(machine, &link, loaded)
            .and_then(|linker| linker.instantiate_pre(&loaded.component))
            .map_err(|cause| start_failure(device, &loaded.label, &cause.root_cause().to_string()))?;
        Ok(Self { label: loaded.label.clone(), kind: link.kind, ready, machine: machine.clone() })
    }

    /// What messages call the component.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What it drives.
    pub fn kind(&self) -> DeviceKind {
        self.kind
    }

    /// Starts a life of it.
    ///
    /// # Errors
    ///
    /// When it needs more memory than it may have, and when its start fails.
    pub async fn start(&self, state: DriverState) -> Result<Guest, HostError> {
        let device = state.device.clone();
        let memory_mib = state.entry.limits.memory_mib;
        let mut store = Store::new(&self.machine.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(memory_mib as usize * 1024 * 1024);
        store.set_max_component_handles(MOST_HANDLES);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let started = {
            let _running = self.machine.running();
            let limit = std::time::Duration::from_millis(store.data().entry.limits.call_ms.into());
            tokio::time::timeout(limit, self.ready.instantiate_async(&mut store)).await
        };
        let instance = match started {
            Ok(Ok(instance)) => instance,
            Ok(Err(cause)) => {
                let reason = match store.data().memory.needed_mib() {
                    Some(needed) => return Err(memory_needed(&device, &self.label, needed)),
                    None => crate::instance::trap_reason(&cause, store.data()),
                };
                return Err(start_failure(&device, &self.label, &reason));
            }
            Err(_) => {
                let milliseconds = store.data().entry.limits.call_ms;
                let reason = format!("the driver took longer than its limit of {milliseconds} ms");
                return Err(start_failure(&device, &self.label, &reason));
            }
        };
        let exports = DeviceExports::of(self.kind, &self.ready, &mut store, &instance)
            .map_err(|cause| start_failure(&device, &self.label, &cause.root_cause().to_string()))?;
        Ok(Guest { store, instance, exports })
    }
}

/// The functions of exactly what was granted: what is not in the linker cannot be called.
fn linker_of(machine: &Machine, link: &Link, loaded: &LoadedComponent) -> wasmtime::Result<Linker<DriverState>> {
    use wasmtime::component::HasSelf;
    type State = HasSelf<DriverState>;
    let mut linker = Linker::new(&machine.engine);
    for Offer { path, version, .. } in &link.offers {
        let linker = &mut linker;
        let name = format!("{path}@{version}");
        match *path {
            "wasi:i2c/i2c" => wasi::i2c::i2c::add_to_linker::<_, State>(linker, |state| state)?,
            "wasi:i2c/delay" => wasi::i2c::delay::add_to_linker::<_, State>(linker, |state| state)?,
            "busbar:board/i2c" => busbar::board::i2c::add_to_linker::<_, State>(linker, |state| state)?,
            "busbar:board/settings" => busbar::board::settings::add_to_linker::<_, State>(linker, |state| state)?,
            "busbar:board/time" => busbar::board::time::add_to_linker::<_, State>(linker, |state| state)?,
            "busbar:board/log" => busbar::board::log::add_to_linker::<_, State>(linker, |state| state)?,
            "component:usb/device" | "wasi:usb/device" => add_usb_device(linker, &name)?,
            "component:usb/transfers" | "wasi:usb/transfers" => {
                add_usb_transfers(linker, &name, transfer_shape(machine, loaded, path))?;
            }
            "component:usb/usb-hotplug" | "wasi:usb/hotplug" => add_usb_hotplug(linker, &name)?,
            // Types only, or not there: Wasmtime then says which function is missing.
            _ => {}
        }
    }
    Ok(linker)
}

/// How the component declares the interface of this path, whatever version of it.
fn transfer_shape(machine: &Machine, loaded: &LoadedComponent, path: &str) -> TransferShape {
    let component = loaded.component.component_type();
    let mut imports = component.imports(&machine.engine);
    let found = imports.find(|(name, _)| parse_interface_name(name).path == path);
    found.map_or(TransferShape::Proposal, |(_, item)| shape_of(&machine.engine, &item.ty))
}

fn memory_needed(device: &str, label: &str, needed_mib: usize) -> HostError {
    HostError::component(format!(
        "{device}: {label} needs {needed_mib} MiB of memory; set \"limits\": {{ \"memoryMiB\": {needed_mib} }} or more."
    ))
}

fn start_failure(device: &str, label: &str, reason: &str) -> HostError {
    HostError::component(format!("{device}: {label} does not start: {reason}."))
}

fn kind_of(item: &ComponentItem) -> ExternKind {
    match item {
        ComponentItem::ComponentInstance(_) => ExternKind::Instance,
        ComponentItem::ComponentFunc(_) | ComponentItem::CoreFunc(_) => ExternKind::Function,
        ComponentItem::Type(_) | ComponentItem::Resource(_) => ExternKind::Type,
        ComponentItem::Component(_) => ExternKind::Component,
        ComponentItem::Module(_) => ExternKind::Module,
    }
}

/// The bytes of a component's file.
///
/// # Errors
///
/// When there is none, it cannot be read, or it is too large to be one.
pub fn read_component(file: &Path, label: &str) -> Result<Vec<u8>, HostError> {
    let problem = |hint: String| HostError::component(format!("the driver {label} is {}: {hint}.", file.display()));
    let opened = File::open(file).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
    let (opened, metadata) = opened.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound => {
            problem("there is no such file; build the driver with \"busbar build\"".to_owned())
        }
        _ => problem(format!("it cannot be read ({cause})")),
    })?;
    if !metadata.is_file() {
        return Err(problem("it is no regular file; name the component that \"busbar build\" made".to_owned()));
    }
    let mut bytes = Vec::new();
    let read = opened.take(LONGEST_COMPONENT + 1).read_to_end(&mut bytes);
    read.map_err(|cause| problem(format!("it cannot be read ({cause})")))?;
    if bytes.len() as u64 > LONGEST_COMPONENT {
        let most = LONGEST_COMPONENT / (1024 * 1024);
        return Err(problem(format!("it has more than {most} MiB; name the component that \"busbar build\" made")));
    }
    Ok(bytes)
}

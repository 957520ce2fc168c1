use super::source::LoadedComponent;
use crate::bindings::{busbar, wasi};
use crate::board::{Board, PlacedEntry};
use crate::device::CallableFunction;
use crate::engine::Machine;
use crate::error::HostError;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, MemoryLimit, trap_reason};
use crate::interfaces::bridged_gpio::add_digital;
use crate::interfaces::component_usb::{TransferShape, add_usb, shape_of};
use crate::interfaces::wasi_i2c::add_i2c;
use crate::interfaces::wasi_spi::{WriteShape, add_spi};
use crate::interfaces::{Buses, HasBuses};
use crate::link::{
    ComponentInterface, Controller, DeviceKind, Extern, ExternKind, Link, device_interfaces, link, link_bridge,
    parse_interface_name,
};
#[cfg(feature = "streams")]
use crate::streams::{STREAM_INTERFACE, bindings::busbar::board::timer, check_streams, exports_streams, streams_of};
use busbar_core::bridge::bridges_of;
use busbar_core::callable::exported_resource;
use busbar_core::guest_end::{MOST_HANDLES, memory_needed, start_failure, took_too_long};
use busbar_core::supervisor::{OnTrap, StartsLives, Wired};
use std::sync::Arc;
use wasmtime::component::types::{ComponentInstance, ComponentItem};
use wasmtime::component::{InstancePre, Linker, ResourceType};
use wasmtime::{Engine, Store, UpdateDeadline};

impl LoadedComponent {
    /// What it imports and exports.
    pub fn interface(&self, machine: &Machine) -> ComponentInterface {
        let component = self.component.component_type();
        let external = |name: &str, item: &ComponentItem| Extern { name: name.to_owned(), kind: kind_of(item) };
        ComponentInterface {
            imports: component.imports(&machine.engine).map(|(name, item)| external(name, &item.ty)).collect(),
            exports: component.exports(&machine.engine).map(|(name, item)| external(name, &item.ty)).collect(),
        }
    }

    /// How it declares the `transfers` of component:usb that it imports by this path, whatever their version.
    pub fn transfer_shape(&self, machine: &Machine, path: &str) -> TransferShape {
        self.imported(machine, path).map_or(TransferShape::Proposal, |item| shape_of(&machine.engine, &item))
    }

    /// How it declares `write` of the wasi:spi that it imports by this path.
    pub fn write_shape(&self, machine: &Machine, path: &str) -> WriteShape {
        self.imported(machine, path).map_or(WriteShape::Text, |item| WriteShape::of(&machine.engine, &item))
    }

    fn imported(&self, machine: &Machine, path: &str) -> Option<ComponentItem> {
        let component = self.component.component_type();
        let mut imports = component.imports(&machine.engine);
        imports.find(|(name, _)| parse_interface_name(name).path == path).map(|(_, item)| item.ty)
    }
}

/// A driver whose imports were checked against its entry: ready to be started, again and again.
#[derive(Clone)]
pub struct Driver {
    label: String,
    kind: DeviceKind,
    /// Of a bridge: the buses that it exports.
    controllers: Vec<Controller>,
    /// The name of the device interface that it exports, as it spells it.
    export_name: Option<Arc<str>>,
    ready: InstancePre<DriverState>,
    key: Arc<str>,
    machine: Machine,
}

impl Driver {
    /// Checks a component against its entry of a board. Nothing of it runs.
    ///
    /// # Errors
    ///
    /// When it imports what is not granted, and when it drives no device, or exports no bus where it is a bridge.
    pub fn check(
        machine: &Machine,
        board: &Board,
        PlacedEntry { name: device, is_bridge, entry, .. }: PlacedEntry<'_>,
        loaded: &LoadedComponent,
    ) -> Result<Self, HostError> {
        let check = if is_bridge { link_bridge } else { link };
        let link = check(device, entry, &loaded.label, &loaded.interface(machine))?;
        let is_bridged = !bridges_of(entry, board).is_empty();
        let ready = linker_of(machine, &link, loaded, is_bridged)
            .and_then(|linker| linker.instantiate_pre(&loaded.component))
            .map_err(|cause| start_failure(device, &loaded.label, &cause.root_cause().to_string()))?;
        DeviceExports::check(link.kind, &link.controllers, &ready).map_err(|cause| {
            other_interface(device, &loaded.label, &interface_of(link.kind, &link.controllers), &cause)
        })?;
        #[cfg(feature = "streams")]
        check_streams(&ready).map_err(|cause| other_interface(device, &loaded.label, STREAM_INTERFACE, &cause))?;
        let export_name = link.export_name.as_deref().map(Arc::from);
        Ok(Self {
            label: loaded.label.clone(),
            kind: link.kind,
            controllers: link.controllers,
            export_name,
            ready,
            key: loaded.key.as_str().into(),
            machine: machine.clone(),
        })
    }

    /// Of a bridge: the buses that it exports.
    pub fn controllers(&self) -> &[Controller] {
        &self.controllers
    }

    /// What the code of the component is kept by.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The component itself.
    pub fn loaded(&self) -> LoadedComponent {
        LoadedComponent {
            label: self.label.clone(),
            key: self.key.to_string(),
            component: self.ready.component().clone(),
        }
    }

    /// Refuses one whose device sends nothing by itself.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "board": the component, and what it lacks.
    #[cfg(feature = "streams")]
    pub fn require_streams(&self, device: &str) -> Result<(), HostError> {
        if exports_streams(self.ready.component()) {
            return Ok(());
        }
        let label = &self.label;
        Err(HostError::board(format!(
            "\"{device}\" sends no readings by itself: {label} does not export {STREAM_INTERFACE}; name a component that does."
        )))
    }

    /// The device interface that it exports, by the name that it has there.
    pub fn exported(&self) -> Option<(Arc<str>, ComponentInstance)> {
        let name = self.export_name.as_ref()?;
        match self.ready.component().component_type().get_export(self.engine(), name)?.ty {
            ComponentItem::ComponentInstance(exported) => Some((name.clone(), exported)),
            _ => None,
        }
    }

    /// The functions that it exports, in the order of their names: of one of somebody else's, all that it is called for.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "component" when it exports a resource of its own, which lives longer than a call.
    pub fn functions(&self, device: &str) -> Result<Vec<CallableFunction>, HostError> {
        let component = self.ready.component().component_type();
        let imported: Vec<ResourceType> = component
            .imports(self.engine())
            .filter_map(|(_, item)| match item.ty {
                ComponentItem::ComponentInstance(instance) => Some(instance),
                _ => None,
            })
            .flat_map(|instance| instance.exports(self.engine()).map(|(_, item)| item.ty).collect::<Vec<_>>())
            .filter_map(|item| if let ComponentItem::Resource(resource) = item { Some(resource) } else { None })
            .collect();
        let mut functions = Vec::new();
        for (name, item) in component.exports(self.engine()) {
            match item.ty {
                ComponentItem::ComponentFunc(_) => {
                    functions.push(CallableFunction { interface: None, function: name.to_owned() });
                }
                ComponentItem::ComponentInstance(instance) => {
                    for (function, item) in instance.exports(self.engine()) {
                        match item.ty {
                            ComponentItem::ComponentFunc(_) => {
                                let interface = Some(name.to_owned());
                                functions.push(CallableFunction { interface, function: function.to_owned() });
                            }
                            ComponentItem::Resource(resource) if !imported.contains(&resource) => {
                                return Err(exported_resource(device, function));
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        functions.sort_by_cached_key(CallableFunction::name);
        Ok(functions)
    }

    /// The engine that it runs in.
    pub fn engine(&self) -> &Engine {
        &self.machine.engine
    }

    /// Makes an instance of it.
    ///
    /// # Errors
    ///
    /// When it needs more memory than it may have, and when its start fails.
    async fn begin(&self, wired: Wired) -> Result<Guest, HostError> {
        let device = wired.device.clone();
        let memory_mib = wired.entry.limits.memory_mib;
        let state = DriverState::new(wired);
        let mut store = limited_store(&self.machine.engine, state, memory_mib, |state| &mut state.memory);
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
                    None => trap_reason(&cause, &store.data().memory),
                };
                return Err(start_failure(&device, &self.label, &reason));
            }
            Err(_) => {
                let reason = took_too_long(store.data().entry.limits.call_ms.into());
                return Err(start_failure(&device, &self.label, &reason));
            }
        };
        let exports =
            DeviceExports::of(self.kind, &self.controllers, &self.ready, &mut store, &instance).map_err(|cause| {
                other_interface(&device, &self.label, &interface_of(self.kind, &self.controllers), &cause)
            })?;
        #[cfg(feature = "streams")]
        let streams = streams_of(&self.ready, &mut store, &instance)
            .map_err(|cause| other_interface(&device, &self.label, STREAM_INTERFACE, &cause))?;
        Ok(Guest {
            store,
            instance,
            exports,
            #[cfg(feature = "streams")]
            streams,
        })
    }
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
        Ok(DriverInstance::new(self.machine.clone(), self.begin(wired).await?, on_trap))
    }
}

/// Lets everybody else have a turn, and timers and file descriptors too. Wasmtime's own yield only lets the tasks go that are
/// due already: tokio looks at timers after 61 of those, which are 300 ms of slices.
fn give_way() -> UpdateDeadline {
    UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))
}

/// A store with the limits of its component: its memory, what is copied for it at a time, its handles; and one that lets
/// others run after each slice.
pub fn limited_store<State: Send + 'static>(
    engine: &Engine,
    state: State,
    memory_mib: u32,
    memory: fn(&mut State) -> &mut MemoryLimit,
) -> Store<State> {
    let mut store = Store::new(engine, state);
    store.limiter(move |state| memory(state));
    store.set_hostcall_fuel(memory_mib as usize * 1024 * 1024);
    store.set_max_component_handles(MOST_HANDLES);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|_| Ok(give_way()));
    store
}

/// The functions of exactly what was granted: what is not in the linker cannot be called. `is_bridged` says whether its buses may be behind
/// bridges.
fn linker_of(
    machine: &Machine,
    link: &Link,
    loaded: &LoadedComponent,
    is_bridged: bool,
) -> wasmtime::Result<Linker<DriverState>> {
    use wasmtime::component::HasSelf;
    type State = HasSelf<DriverState>;
    let mut linker = Linker::new(&machine.engine);
    for offer in &link.offers {
        let linker = &mut linker;
        match offer.path {
            "wasi:i2c/i2c" => add_i2c(linker, is_bridged)?,
            "wasi:i2c/delay" => wasi::i2c::delay::add_to_linker::<_, HasBuses>(linker, |state| Buses(state))?,
            "wasi:spi/spi" => add_spi(linker, loaded.write_shape(machine, offer.path), is_bridged)?,
            "wasi:gpio/digital" => add_digital(linker, is_bridged)?,
            "wasi:gpio/delay" => wasi::gpio::delay::add_to_linker::<_, HasBuses>(linker, |state| Buses(state))?,
            "busbar:board/gpio" => busbar::board::gpio::add_to_linker::<_, HasBuses>(linker, |state| Buses(state))?,
            "wasi:io/poll" => wasi::io0_2_4::poll::add_to_linker::<_, HasBuses>(linker, |state| Buses(state))?,
            "busbar:board/uart" => busbar::board::uart::add_to_linker::<_, HasBuses>(linker, |state| Buses(state))?,
            "busbar:board/i2c" => busbar::board::i2c::add_to_linker::<_, State>(linker, |state| state)?,
            "busbar:board/settings" => busbar::board::settings::add_to_linker::<_, State>(linker, |state| state)?,
            "busbar:board/time" => busbar::board::time::add_to_linker::<_, State>(linker, |state| state)?,
            "busbar:board/log" => busbar::board::log::add_to_linker::<_, State>(linker, |state| state)?,
            #[cfg(feature = "streams")]
            "busbar:board/timer" => timer::add_to_linker::<_, State>(linker, |state| state)?,
            // What is nowhere else has types only, or is not there: Wasmtime then says which function is missing.
            path => add_usb(linker, offer, || loaded.transfer_shape(machine, path))?,
        }
    }
    Ok(linker)
}

/// The device interface of a kind: "busbar:device/sensor@0.1.0"; of a bridge, all that it exports.
fn interface_of(kind: DeviceKind, controllers: &[Controller]) -> String {
    if kind == DeviceKind::Bridge {
        return controllers.iter().map(|each| each.interface()).collect::<Vec<_>>().join(" and ");
    }
    let known = device_interfaces().iter().find(|each| each.kind == kind);
    known.map_or_else(String::new, |each| format!("{}@{}", each.path, each.version))
}

/// It has the name of a device's interface, and not its functions, or those with other types.
fn other_interface(device: &str, label: &str, name: &str, cause: &wasmtime::Error) -> HostError {
    let said = cause.root_cause().to_string();
    let what = match said.split_once(" does not have export `") {
        Some((_, function)) => {
            format!("{name} without its function {}", function.trim_end_matches('`'))
        }
        None => format!("{name} with other types than this host's ({said})"),
    };
    HostError::component(format!("{device}: {label} cannot be linked: it exports {what}; use another build of it."))
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

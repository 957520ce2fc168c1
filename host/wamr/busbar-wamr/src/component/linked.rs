use super::same_type::same_function;
use crate::abi::{Direction, Flat, Signature, Value};
#[cfg(feature = "std")]
use crate::engine::Code;
use crate::engine::Module;
use crate::flattened::{CoreFunction, Flattened, FunctionType, Interface, Resource};
use crate::trap::Trap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use busbar_core::link::{Extern, ExternKind, parse_interface_name};

/// What a function of the host is called with.
pub type Parameters = vec::IntoIter<Value>;
/// What it gives, where it gives something, or what ends the guest.
pub type Answered = Result<Option<Value>, Trap>;
/// How the host answers a call.
pub type Answer<S> = Arc<dyn Fn(&mut S, &mut Parameters) -> Answered + Send + Sync>;

/// A function of the host.
pub struct HostFunction<S> {
    /// Package and interface, without version: "wasi:i2c/i2c".
    path: &'static str,
    /// As WIT's core names have it: "[method]i2c.transaction".
    name: &'static str,
    answer: Answer<S>,
}

impl<S> HostFunction<S> {
    /// One by its path and name. One that is named "[resource-drop]i2c" is called with the resource when its handle is dropped; a
    /// resource without such is its state's affair alone.
    pub fn new(
        path: &'static str,
        name: &'static str,
        answer: impl Fn(&mut S, &mut Parameters) -> Answered + Send + Sync + 'static,
    ) -> Self {
        Self { path, name, answer: Arc::new(answer) }
    }

    /// Package and interface, without version.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// As WIT's core names have it.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// Functions of the host, and what they are called with.
pub struct Offered<'a, S> {
    pub functions: Vec<HostFunction<S>>,
    /// Their types: interfaces of the same name and version have had different ones, so that there can be several of these.
    pub described: &'a Interface,
}

/// A component whose imports are all known: any number of instances are made of it.
pub struct Linked<S> {
    pub(super) module: Arc<Module>,
    /// One for each import of the module, in its order.
    pub(super) calls: Vec<Call<S>>,
}

/// What answers an import of the module.
pub(super) enum Call<S> {
    Host {
        answer: Answer<S>,
        /// An index into the interface's imported functions.
        function: usize,
        signature: Signature,
    },
    /// CanonicalABI.md, canon resource.new: of a resource of the component's own.
    New { resource: usize },
    /// canon resource.rep, likewise.
    Representation { resource: usize },
    /// canon resource.drop, likewise. The destructor is an export of the module.
    Drop { resource: usize, destructor: Option<String> },
    /// canon resource.drop: of a resource of the host's, which may want to know.
    GiveBack { resource: usize, answer: Option<Answer<S>> },
}

impl<S> Linked<S> {
    /// Finds what answers each import of a flattened component, and loads its code. `offered` has all functions of this host.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as what comes after "cannot be linked:".
    #[cfg(feature = "std")]
    pub fn new(flattened: Flattened, code: Code, offered: &[Offered<'_, S>]) -> Result<Self, String> {
        Self::with(flattened, offered, |flattened| Module::load(flattened, code))
    }

    /// The same with machine code that runs where it is.
    ///
    /// # Safety
    ///
    /// As [`Module::in_place`].
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    #[cfg(not(feature = "std"))]
    pub unsafe fn in_place(
        flattened: Flattened,
        code: &'static [u8],
        offered: &[Offered<'_, S>],
    ) -> Result<Self, String> {
        // SAFETY: as the caller says.
        Self::with(flattened, offered, |flattened| unsafe { Module::in_place(flattened, code) })
    }

    fn with(
        flattened: Flattened,
        offered: &[Offered<'_, S>],
        load: impl FnOnce(Arc<Flattened>) -> Result<Arc<Module>, String>,
    ) -> Result<Self, String> {
        let linker = Linker { flattened: &flattened, offered };
        let calls = flattened.imports.iter().map(|import| linker.call(import)).collect::<Result<_, _>>()?;
        let module = load(Arc::new(flattened)).map_err(|what| format!("it {what}"))?;
        Ok(Self { module, calls })
    }

    /// What it was made of.
    pub fn flattened(&self) -> &Flattened {
        self.module.flattened()
    }
}

struct Linker<'a, S> {
    flattened: &'a Flattened,
    offered: &'a [Offered<'a, S>],
}

impl<S> Linker<'_, S> {
    fn call(&self, import: &CoreFunction) -> Result<Call<S>, String> {
        if let Some(interface) = import.module.strip_prefix("[export]") {
            return self.own_resource(import, interface);
        }
        if let Some(resource) = import.name.strip_prefix("[resource-drop]") {
            let resource = self.resource(|each| {
                matches!(each, Resource::Host(place) if place.interface == import.module && place.name == resource)
            });
            let resource = resource.ok_or_else(|| undescribed(import))?;
            require(import, &[Flat::I32], &[])?;
            self.require_declared(import)?;
            let answer = self.known(&import.module, &import.name).next().map(|(_, known)| known.answer.clone());
            return Ok(Call::GiveBack { resource, answer });
        }
        self.host_function(import)
    }

    fn own_resource(&self, import: &CoreFunction, interface: &str) -> Result<Call<S>, String> {
        let interface = if interface == "$root" { "" } else { interface };
        let found = |name: &str| {
            let resource = self.resource(|each| {
                matches!(each, Resource::Own(places) if places.iter().any(|place| place.interface == interface && place.name == name))
            });
            resource.ok_or_else(|| undescribed(import))
        };
        if let Some(name) = import.name.strip_prefix("[resource-new]") {
            require(import, &[Flat::I32], &[Flat::I32])?;
            return Ok(Call::New { resource: found(name)? });
        }
        if let Some(name) = import.name.strip_prefix("[resource-rep]") {
            require(import, &[Flat::I32], &[Flat::I32])?;
            return Ok(Call::Representation { resource: found(name)? });
        }
        let Some(name) = import.name.strip_prefix("[resource-drop]") else { return Err(undescribed(import)) };
        require(import, &[Flat::I32], &[])?;
        let destructor = format!("{}#[dtor]{name}", if interface.is_empty() { "$root" } else { interface });
        let destructor = match self.flattened.export(&destructor) {
            Some(function) => {
                require(function, &[Flat::I32], &[])?;
                Some(destructor)
            }
            None => None,
        };
        Ok(Call::Drop { resource: found(name)?, destructor })
    }

    fn host_function(&self, import: &CoreFunction) -> Result<Call<S>, String> {
        let CoreFunction { module, name, .. } = import;
        let Flattened { interface, layouts, .. } = self.flattened;
        let is_declared = |each: &FunctionType| each.place.interface == *module && each.place.name == *name;
        let function = interface.imported.iter().position(is_declared).ok_or_else(|| undescribed(import))?;
        self.require_declared(import)?;
        let declared = &interface.imported[function];
        let mut known = self.known(module, name).peekable();
        if known.peek().is_none() {
            return Err(format!("it imports the function {name} of {module}, which this host does not have"));
        }
        let is_it = |(described, known): &(&Interface, &HostFunction<S>)| {
            let described_function = described.imported.iter().find(|each| {
                parse_interface_name(&each.place.interface).path == known.path && each.place.name == known.name
            });
            described_function.is_some_and(|each| same_function((interface, declared), (described, each)))
        };
        let Some((_, known)) = known.find(is_it) else {
            return Err(format!("it imports the function {name} of {module} with another type than this host's"));
        };
        let signature = layouts.signature(declared, Direction::Import);
        require(import, &signature.parameters, &signature.results)?;
        Ok(Call::Host { answer: known.answer.clone(), function, signature })
    }

    /// Grants are given by the imports that the component declares: what is beside them was granted by nobody.
    fn require_declared(&self, import: &CoreFunction) -> Result<(), String> {
        let names = &self.flattened.interface.names;
        let is_it = |each: &Extern| each.kind == ExternKind::Instance && each.name == import.module;
        if names.imports.iter().any(is_it) { Ok(()) } else { Err(undescribed(import)) }
    }

    /// The functions of a name, with what describes each.
    fn known(&self, module: &str, name: &str) -> impl Iterator<Item = (&Interface, &HostFunction<S>)> {
        let path = parse_interface_name(module).path;
        let all = self.offered.iter().flat_map(|each| each.functions.iter().map(|known| (each.described, known)));
        all.filter(move |(_, known)| known.path == path && known.name == name)
    }

    fn resource(&self, is_it: impl Fn(&Resource) -> bool) -> Option<usize> {
        self.flattened.interface.resources.iter().position(is_it)
    }
}

/// The core type of a function follows from its type.
fn require(function: &CoreFunction, parameters: &[Flat], results: &[Flat]) -> Result<(), String> {
    if function.parameters == parameters && function.results == results {
        return Ok(());
    }
    Err(format!(
        "its core function {} of \"{}\" has another type than the interface says",
        function.name, function.module
    ))
}

fn undescribed(import: &CoreFunction) -> String {
    format!("it imports the core function {} of \"{}\", which its interface does not have", import.name, import.module)
}

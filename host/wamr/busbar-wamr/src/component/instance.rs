use super::calls::Calls;
use super::linked::Linked;
use crate::abi::{Direction, FlatValues, Handles, Lift, Lower, Memory, Signature, Value};
use crate::engine::{Ender, Function, Instance, Limits};
use crate::flattened::ValueType;
use crate::trap::Trap;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use busbar_core::locked::{Mutex, locked};
use core::cell::RefCell;

/// A running component. After a trap nothing of it may be called any more.
pub struct ComponentInstance<S> {
    instance: Instance,
    linked: Arc<Linked<S>>,
    handles: Arc<Mutex<Handles>>,
    limits: Limits,
}

/// A function that a component exports.
pub struct Export {
    parameters: Vec<ValueType>,
    result: Option<ValueType>,
    signature: Signature,
    function: Function,
    /// What to call with its result when that was read.
    post_return: Option<Function>,
}

impl<S: Send + 'static> ComponentInstance<S> {
    /// Makes an instance; nothing of it runs before [`Self::initialize`].
    ///
    /// # Errors
    ///
    /// Why it cannot be made, as what comes after "does not start:".
    pub fn new(linked: &Arc<Linked<S>>, limits: Limits, state: S) -> Result<Self, String> {
        let handles = Arc::new(Mutex::new(Handles::at_most(limits.handles())));
        let calls = Calls { linked: linked.clone(), state: RefCell::new(state), handles: handles.clone(), limits };
        let instance = Instance::new(&linked.module, limits, Box::new(calls))?;
        Ok(Self { instance, linked: linked.clone(), handles, limits })
    }

    /// Runs what its start functions did.
    ///
    /// # Errors
    ///
    /// When it traps.
    pub fn initialize(&mut self) -> Result<(), Trap> {
        self.call_if_there("_initialize", &[])
    }

    /// Who can end it.
    pub fn ender(&self) -> Ender {
        self.instance.ender()
    }

    /// A function that it exports, by its interface, which is empty for one without, and its name there.
    ///
    /// # Errors
    ///
    /// When there is none, or its core function has another type than it: what is wrong, as what comes after "cannot be
    /// linked: it".
    pub fn export(&mut self, interface: &str, name: &str) -> Result<Export, String> {
        let flattened = self.linked.flattened();
        let missing = || format!("exports {interface} without its function {name}");
        let declared = flattened.interface.exported(interface, name).ok_or_else(missing)?;
        let core_name = if interface.is_empty() { name.to_owned() } else { format!("{interface}#{name}") };
        let signature = flattened.layouts.signature(declared, Direction::Export);
        let core = flattened.export(&core_name).ok_or_else(missing)?;
        if core.parameters != signature.parameters || core.results != signature.results {
            return Err(format!("exports the core function {core_name} with another type than its interface says"));
        }
        let post_name = format!("cabi_post_{core_name}");
        if let Some(post_return) = flattened.export(&post_name)
            && (post_return.parameters != signature.results || !post_return.results.is_empty())
        {
            return Err(format!("exports the core function {post_name} with another type than its interface says"));
        }
        Ok(Export {
            parameters: declared.parameters.iter().map(|(_, each)| *each).collect(),
            result: declared.result,
            signature,
            function: self.instance.guest().function(&core_name).ok_or_else(missing)?,
            post_return: self.instance.guest().function(&post_name),
        })
    }

    /// Calls a function that it exports.
    ///
    /// # Errors
    ///
    /// When it traps, or gives what is no value of its type.
    pub fn call(&mut self, export: &Export, parameters: &[Value]) -> Result<Option<Value>, Trap> {
        let mut lent = Vec::new();
        let core = self.lower_parameters(export, parameters, &mut lent)?;
        let result = self.instance.guest().call(&export.function, &core)?;
        self.require_given_back(&lent)?;
        let value = self.lift_result(export, result)?;
        if let Some(post_return) = &export.post_return {
            let core: Vec<u64> = result.into_iter().collect();
            self.instance.guest().call_inside(post_return, &core)?;
        }
        Ok(value)
    }

    /// Gives up a resource of its own that it gave to the host: its destructor runs, where it has one. `interface` and `name` are
    /// where the resource is.
    ///
    /// # Errors
    ///
    /// When it traps.
    pub fn destroy(&mut self, interface: &str, name: &str, representation: u32) -> Result<(), Trap> {
        self.call_if_there(&format!("{interface}#[dtor]{name}"), &[representation.into()])
    }

    fn call_if_there(&mut self, name: &str, values: &[u64]) -> Result<(), Trap> {
        let mut guest = self.instance.guest();
        match guest.function(name) {
            Some(function) => guest.call(&function, values).map(drop),
            None => Ok(()),
        }
    }

    /// CanonicalABI.md, `exit_call`: a guest drops what was only lent to it before its call ends.
    fn require_given_back(&self, lent: &[(usize, u32)]) -> Result<(), Trap> {
        let handles = locked(&self.handles);
        let interface = &self.linked.flattened().interface;
        let is_kept = |(resource, handle): &(usize, u32)| {
            handles.get(*resource, interface.resource_name(*resource), *handle).is_ok()
        };
        if lent.iter().any(is_kept) { Err(Trap::failed("it keeps a handle that was lent to it")) } else { Ok(()) }
    }

    fn lower_parameters(
        &mut self,
        export: &Export,
        parameters: &[Value],
        lent: &mut Vec<(usize, u32)>,
    ) -> Result<Vec<u64>, Trap> {
        let Self { instance, linked, handles, .. } = self;
        let flattened = linked.flattened();
        let mut guest = instance.guest();
        let mut handles = locked(handles);
        let mut lower = Lower {
            interface: &flattened.interface,
            layouts: &flattened.layouts,
            memory: &mut guest,
            handles: &mut handles,
            lent,
        };
        if export.signature.indirect_parameters {
            return Ok(vec![lower.store_all(&export.parameters, parameters)?.into()]);
        }
        let mut core = Vec::new();
        for (value_type, value) in export.parameters.iter().zip(parameters) {
            lower.lower(*value_type, value, &mut core)?;
        }
        Ok(core)
    }

    fn lift_result(&mut self, export: &Export, core: Option<u64>) -> Result<Option<Value>, Trap> {
        let (Some(result_type), Some(core)) = (export.result, core) else { return Ok(None) };
        let Self { instance, linked, handles, limits } = self;
        let flattened = linked.flattened();
        let guest = instance.guest();
        let mut budget = limits.values();
        let mut handles = locked(handles);
        let mut lift = Lift {
            interface: &flattened.interface,
            layouts: &flattened.layouts,
            memory: guest.bytes(),
            handles: &mut handles,
            budget: &mut budget,
            limits: *limits,
        };
        if export.signature.indirect_result {
            // An address of 32 bits.
            return lift.load(result_type, core as u32).map(Some);
        }
        lift.lift(result_type, &mut FlatValues::new(&[core])).map(Some)
    }
}

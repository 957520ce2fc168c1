use super::linked::{Answer, Answered, Call, Linked, Parameters};
use crate::abi::{FlatValues, Handles, Lift, Lower, Memory, Signature, Value};
use crate::engine::{Guest, Host, Limits};
use crate::flattened::{FunctionType, ValueType};
use crate::trap::Trap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use busbar_core::locked::{Mutex, locked};
use core::cell::RefCell;

/// Answers the calls of one instance: lifts the parameters, asks the host, lowers the result.
pub struct Calls<S> {
    pub linked: Arc<Linked<S>>,
    /// Behind this for the calls that come while another is answered: there are none that it would be needed for.
    pub state: RefCell<S>,
    pub handles: Arc<Mutex<Handles>>,
    /// What its values may take of the host's memory in one call is one of them.
    pub limits: Limits,
}

impl<S: Send> Host for Calls<S> {
    fn call(&self, import: usize, guest: &mut Guest<'_>, values: &mut [u64]) -> Result<(), Trap> {
        let call = self.linked.calls.get(import).ok_or_else(|| Trap::failed("it calls what it does not import"))?;
        match call {
            Call::Host { answer, function, signature } => {
                let declared = &self.linked.flattened().interface.imported[*function];
                let mut parameters = self.lift_parameters(declared, signature, guest, values)?.into_iter();
                let result = self.answer(answer, &mut parameters)?;
                self.lower_result(declared, signature, guest, values, result)
            }
            Call::New { resource } => {
                values[0] = locked(&self.handles).add(*resource, values[0] as u32)?.into();
                Ok(())
            }
            Call::Representation { resource } => {
                let name = self.linked.flattened().interface.resource_name(*resource);
                values[0] = locked(&self.handles).get(*resource, name, values[0] as u32)?.into();
                Ok(())
            }
            Call::Drop { resource, destructor } => {
                let name = self.linked.flattened().interface.resource_name(*resource);
                let representation = locked(&self.handles).remove(*resource, name, values[0] as u32)?;
                let Some(destructor) = destructor.as_ref().and_then(|name| guest.function(name)) else { return Ok(()) };
                guest.call(&destructor, &[representation.into()]).map(drop)
            }
            Call::GiveBack { resource, answer } => {
                let name = self.linked.flattened().interface.resource_name(*resource);
                let representation = locked(&self.handles).remove(*resource, name, values[0] as u32)?;
                let Some(answer) = answer else { return Ok(()) };
                let mut parameters = vec![Value::Resource(representation)].into_iter();
                self.answer(answer, &mut parameters).map(drop)
            }
        }
    }
}

impl<S> Calls<S> {
    fn answer(&self, answer: &Answer<S>, parameters: &mut Parameters) -> Answered {
        let mut state = self.state.try_borrow_mut().map_err(|_| Trap::failed("cannot leave component instance"))?;
        answer(&mut state, parameters)
    }

    fn lift_parameters(
        &self,
        declared: &FunctionType,
        signature: &Signature,
        guest: &Guest<'_>,
        values: &[u64],
    ) -> Result<Vec<Value>, Trap> {
        let types: Vec<ValueType> = declared.parameters.iter().map(|(_, each)| *each).collect();
        let mut budget = self.limits.values();
        let mut handles = locked(&self.handles);
        let flattened = self.linked.flattened();
        let mut lift = Lift {
            interface: &flattened.interface,
            layouts: &flattened.layouts,
            memory: guest.bytes(),
            handles: &mut handles,
            budget: &mut budget,
            limits: self.limits,
        };
        let mut flat = FlatValues::new(values);
        if signature.indirect_parameters {
            let place = flat.next_u32()?;
            return lift.load_all(&types, place);
        }
        types.iter().map(|each| lift.lift(*each, &mut flat)).collect()
    }

    fn lower_result(
        &self,
        declared: &FunctionType,
        signature: &Signature,
        guest: &mut Guest<'_>,
        values: &mut [u64],
        result: Option<Value>,
    ) -> Result<(), Trap> {
        let (Some(result_type), Some(result)) = (declared.result, result) else { return Ok(()) };
        let place = signature.parameters.len().checked_sub(1).and_then(|last| values.get(last).copied());
        let flattened = self.linked.flattened();
        let mut handles = locked(&self.handles);
        let mut lower = Lower {
            interface: &flattened.interface,
            layouts: &flattened.layouts,
            memory: guest,
            handles: &mut handles,
            // No function gives what it only lends.
            lent: &mut Vec::new(),
        };
        if signature.indirect_result {
            // The last parameter: it is an address of 32 bits.
            return lower.store(result_type, &result, place.unwrap_or(0) as u32);
        }
        let mut flat = Vec::new();
        lower.lower(result_type, &result, &mut flat)?;
        if let (Some(value), Some(flat)) = (values.first_mut(), flat.first()) {
            *value = *flat;
        }
        Ok(())
    }
}

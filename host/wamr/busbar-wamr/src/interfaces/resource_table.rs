use crate::abi::{Representation, Value};
use crate::trap::Trap;
use busbar_core::slab::Slab;
use std::any::Any;

/// The host's resources that a guest has handles of, of whatever kind: a handle tells which, so that no two are mixed up.
#[derive(Default)]
pub struct ResourceTable(Slab<Box<dyn Any + Send>>);

impl ResourceTable {
    /// A new one, as the guest gets it.
    pub fn push<T: Any + Send>(&mut self, resource: T) -> Value {
        Value::Resource(self.add(resource))
    }

    /// The same, as the host knows it.
    pub fn add<T: Any + Send>(&mut self, resource: T) -> u32 {
        self.0.add(Box::new(resource))
    }

    /// One by what the host knows it by.
    ///
    /// # Errors
    ///
    /// When there is none: never of one that the guest has a handle of.
    pub fn get<T: Any>(&self, Representation(number): Representation) -> Result<&T, Trap> {
        self.0.get(number).and_then(|resource| resource.downcast_ref()).ok_or_else(missing)
    }

    /// The same, to change it.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub fn get_mut<T: Any>(&mut self, Representation(number): Representation) -> Result<&mut T, Trap> {
        self.0.get_mut(number).and_then(|resource| resource.downcast_mut()).ok_or_else(missing)
    }

    /// Takes one out, whose handle is gone.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub fn remove<T: Any>(&mut self, representation: Representation) -> Result<T, Trap> {
        self.get::<T>(representation)?;
        let resource = self.0.take(representation.0).and_then(|resource| resource.downcast().ok());
        resource.map(|resource| *resource).ok_or_else(missing)
    }
}

fn missing() -> Trap {
    Trap::failed("a handle is none that it has")
}

#[cfg(test)]
mod tests {
    use super::ResourceTable;
    use crate::abi::{FromValue, Representation};

    #[test]
    fn a_resource_is_found_by_its_number_and_by_its_type_only() {
        let mut table = ResourceTable::default();
        let number = Representation::from_value(table.push("text")).expect("it is a resource");
        assert_eq!(table.get(number), Ok(&"text"));
        assert!(table.get::<u32>(number).is_err());
        assert!(table.remove::<u32>(number).is_err());
        assert_eq!(table.remove(number), Ok("text"));
        assert!(table.get::<&str>(number).is_err());
        let again = Representation::from_value(table.push(7_u32)).expect("it is a resource");
        assert_eq!((again, table.get(again)), (number, Ok(&7_u32)));
    }
}

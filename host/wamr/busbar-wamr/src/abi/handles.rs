use crate::trap::Trap;
use alloc::format;
use alloc::vec::Vec;
use busbar_core::guest_end::{MOST_HANDLES, too_many_handles};

/// What a guest has a handle of: CanonicalABI.md, `ResourceHandle`.
#[derive(Debug, Clone, Copy)]
struct Handle {
    /// An index into the interface's resources.
    resource: usize,
    /// What its definer knows it by.
    representation: u32,
}

/// The handles of a guest: of the host's resources and of its own. A resource of the guest's own is lent to it by what it knows it by;
/// one of the host's that is lent has a handle until the call ends.
#[derive(Debug)]
pub struct Handles {
    most: usize,
    /// Index 0 is never given: it is at place 1 of the guest.
    entries: Vec<Option<Handle>>,
    free: Vec<u32>,
}

impl Default for Handles {
    /// As many as a guest may have on the other hosts.
    fn default() -> Self {
        Self::at_most(MOST_HANDLES)
    }
}

impl Handles {
    /// None yet, and so many at most.
    pub fn at_most(most: usize) -> Self {
        Self { most, entries: Vec::new(), free: Vec::new() }
    }

    /// A new handle.
    ///
    /// # Errors
    ///
    /// When the guest holds too many.
    pub fn add(&mut self, resource: usize, representation: u32) -> Result<u32, Trap> {
        let handle = Some(Handle { resource, representation });
        if let Some(index) = self.free.pop() {
            self.entries[index as usize - 1] = handle;
            return Ok(index);
        }
        if self.entries.len() >= self.most {
            return Err(Trap::failed(too_many_handles(self.most)));
        }
        self.entries.push(handle);
        // There are few of them.
        Ok(self.entries.len() as u32)
    }

    /// What a handle stands for. `name` is that of the resource.
    ///
    /// # Errors
    ///
    /// When the guest has no such handle, or one of another resource.
    pub fn get(&self, resource: usize, name: &str, index: u32) -> Result<u32, Trap> {
        let entry = (index as usize).checked_sub(1).and_then(|place| *self.entries.get(place)?);
        match entry {
            Some(handle) if handle.resource == resource => Ok(handle.representation),
            _ => Err(Trap::failed(format!("handle {} is no \"{name}\"", index as i32))),
        }
    }

    /// The same, and the handle is gone.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub fn remove(&mut self, resource: usize, name: &str, index: u32) -> Result<u32, Trap> {
        let representation = self.get(resource, name, index)?;
        self.entries[index as usize - 1] = None;
        self.free.push(index);
        Ok(representation)
    }
}

//! Taking over an edited board while the one before is open: devices come, go and are replaced, and the others do not notice.

mod change;
mod take_over;
mod trial;

pub use change::BoardChange;
use change::plan_change;

use crate::board::{ComponentName, DeviceEntry};
use crate::components::LoadedComponent;
use crate::device::DeviceError;
use crate::error::HostError;
use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;

/// Why an edited board is not taken over; everything is as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateFailure {
    /// Something in it is wrong.
    Host(HostError),
    /// A device does not work with its new entry: what its driver answered.
    Tried(DeviceError),
}

impl fmt::Display for UpdateFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(error) => error.fmt(formatter),
            Self::Tried(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for UpdateFailure {}

impl From<HostError> for UpdateFailure {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

/// A component that was looked at again.
pub enum Brought {
    /// It is what is known already.
    Same,
    /// Its code is another one, or nothing was known.
    Other {
        loaded: LoadedComponent,
        /// The files that decide which component that is, and what people call them: no app may be given them.
        files: Vec<(String, PathBuf)>,
    },
}

/// What a [`BringComponents`] gives.
pub type Bringing<'a> = Pin<Box<dyn Future<Output = Result<Brought, HostError>> + 'a>>;

/// Brings components again, while drivers run: nobody waits for it but who asked.
pub trait BringComponents {
    /// Looks at a component, as the board names it. `known` is the key of the code that is there already.
    fn bring<'a>(&'a self, name: &'a ComponentName, known: Option<&'a str>) -> Bringing<'a>;
}

/// How an edited board is taken over.
pub struct UpdateOptions<'a> {
    /// Brings components that are new.
    pub components: &'a dyn BringComponents,
    /// Whether devices whose component has other code by now are replaced too.
    pub renew: bool,
    /// Whether this process can have what an entry is granted; what it cannot have is left for its next start.
    /// The entry before is none where the device is new.
    pub can_have: &'a dyn Fn(Option<&DeviceEntry>, &DeviceEntry) -> bool,
}

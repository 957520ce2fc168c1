use crate::bus::Later;
use crate::bus::usb::{UsbDevice, UsbSlot, unplugged};
use crate::failure::BoardFailure;
use std::sync::Arc;

/// A bridge that an entry is wired to, as what keeps that entry's driver running has it.
pub trait Supply: Send + Sync {
    /// Its name in the board file.
    fn name(&self) -> &str;

    /// The USB devices that it is on, and that the bridges before it are on.
    fn slots(&self) -> Vec<UsbSlot>;

    /// Starts its driver where that does not run; where its device is not plugged in, this waits for that.
    ///
    /// Fails as a start does, and with `disconnected` once the bridge was stopped for good.
    fn start(&self) -> Later<Result<(), BoardFailure>>;

    /// Waits until it has back what those gave back who are not there any more.
    fn released(&self) -> Later<()>;
}

/// All bridges that an entry is wired to. When one of them loses its device, what is behind it has lost its supply, and with that what its
/// driver has set.
#[derive(Clone, Default)]
pub struct Supplies(Vec<Arc<dyn Supply>>);

impl Supplies {
    /// Of an entry that is wired to these.
    pub fn new(bridges: Vec<Arc<dyn Supply>>) -> Self {
        Self(bridges)
    }

    /// Of all of them together.
    pub fn slots(&self) -> Vec<UsbSlot> {
        self.0.iter().flat_map(|bridge| bridge.slots()).collect()
    }

    /// Why one of them is not there, as one sentence without its end; none where all are.
    ///
    /// # Errors
    ///
    /// Where nothing can be said of USB here.
    pub fn missing(&self) -> Result<Option<String>, BoardFailure> {
        for slot in self.slots() {
            if slot.present()?.is_none() {
                return Ok(Some(slot.absence()));
            }
        }
        Ok(None)
    }

    /// Starts all of them; `waiting` is told which of them is waited for, and why.
    ///
    /// # Errors
    ///
    /// As a start does.
    pub async fn start(&self, waiting: impl Fn(&str)) -> Result<(), BoardFailure> {
        for bridge in &self.0 {
            if let Some(missing) = Self(vec![bridge.clone()]).missing()? {
                waiting(&format!("the bridge \"{}\" is not there: {missing}", bridge.name()));
            }
            bridge.start().await?;
        }
        Ok(())
    }

    /// Waits until they have back what was given back.
    pub async fn released(&self) {
        for bridge in &self.0 {
            bridge.released().await;
        }
    }

    /// The devices that they have now.
    pub(crate) fn had(&self) -> Had {
        let now = |slot: UsbSlot| (slot.device(), slot);
        Had(self.slots().into_iter().map(now).filter_map(|(device, slot)| Some((slot, device?))).collect())
    }
}

/// The USB devices that a life behind bridges was started with.
#[derive(Clone, Default)]
pub(crate) struct Had(Vec<(UsbSlot, Arc<dyn UsbDevice>)>);

impl Had {
    /// Why one of them is not there any more, as one sentence without its end.
    pub(crate) fn lost(&self) -> Option<String> {
        let is_there =
            |(slot, had): &&(UsbSlot, Arc<dyn UsbDevice>)| slot.device().is_some_and(|now| Arc::ptr_eq(&now, had));
        let (_, had) = self.0.iter().find(|each| !is_there(each))?;
        Some(unplugged(&**had))
    }
}

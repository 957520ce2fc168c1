use super::opened::OpenedDevice;
use std::sync::Arc;

/// The devices that a run of an app has open, by the numbers that its handles have for the host.
#[derive(Default)]
pub struct Handles {
    opened: Vec<Option<Arc<OpenedDevice>>>,
    /// Places in `opened` that are free.
    free: Vec<u32>,
}

impl Handles {
    /// Keeps a device, and gives its number; none where there are more than numbers.
    pub fn add(&mut self, device: OpenedDevice) -> Option<u32> {
        let device = Some(Arc::new(device));
        if let Some(free) = self.free.pop() {
            self.opened[free as usize] = device;
            return Some(free);
        }
        let number = u32::try_from(self.opened.len()).ok()?;
        self.opened.push(device);
        Some(number)
    }

    /// The device of a number.
    pub fn get(&self, number: u32) -> Option<&Arc<OpenedDevice>> {
        self.opened.get(number as usize)?.as_ref()
    }

    /// Gives the device of a number back, whose handle is gone.
    pub fn take(&mut self, number: u32) -> Option<Arc<OpenedDevice>> {
        let device = self.opened.get_mut(number as usize)?.take()?;
        self.free.push(number);
        Some(device)
    }

    /// Closes all that are left, at the end of a run: each run opens its devices anew.
    pub async fn close_all(&mut self) {
        self.free.clear();
        for device in std::mem::take(&mut self.opened).into_iter().flatten() {
            device.close_quietly().await;
        }
    }
}

impl Drop for Handles {
    /// A run that was given up has not closed them.
    fn drop(&mut self) {
        let left: Vec<_> = std::mem::take(&mut self.opened).into_iter().flatten().collect();
        if let (false, Ok(runtime)) = (left.is_empty(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                for device in left {
                    device.close_quietly().await;
                }
            });
        }
    }
}

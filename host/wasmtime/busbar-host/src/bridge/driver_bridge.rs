use crate::bus::Later;
use crate::device::{DeviceError, GpioController, I2cController, SpiController};
use crate::instance::{BoardFailure, DriverInstance, Supervisor};
use crate::link::Controller;
use crate::locked::locked;
use busbar_core::bridge::{Supplies, Supply};
use busbar_core::bus::usb::UsbSlot;
use busbar_core::error::HostError;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard, watch};

/// Of those who use a bridge, or another one that shares its bus: one after the other, in the order in which they asked.
pub(crate) type SharedTurns = Arc<Mutex<()>>;

/// A turn, which lasts until it is dropped.
pub(crate) type Turn<'a> = MutexGuard<'a, ()>;

/// The driver of an entry of a board's `bridges`, as the buses have it that it exports. All that is wired to one of them use it; it starts
/// when the first of these does.
///
/// What is called here calls into the driver, whose life ends where a call is given up: whoever may give up has it done by a task.
pub(crate) struct DriverBridge {
    name: String,
    supervisor: Arc<Supervisor>,
    controllers: Vec<Controller>,
    /// With those who use other bridges that share its bus.
    turns: SharedTurns,
    i2c: OpenedIn<I2cController>,
    spi: OpenedIn<SpiController>,
    gpio: OpenedIn<GpioController>,
    /// Who has a line, by its offset.
    owners: std::sync::Mutex<HashMap<u16, String>>,
    /// How many lines are being given back.
    endings: watch::Sender<usize>,
}

/// A line that is being given back.
pub(crate) struct Ending(Arc<DriverBridge>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.endings.send_modify(|count| *count -= 1);
    }
}

/// What a life of a bridge's driver has open; none where it has not been asked for.
type OpenedIn<Opened> = Mutex<Option<(Arc<DriverInstance>, Arc<Opened>)>>;

impl DriverBridge {
    pub(crate) fn new(name: &str, supervisor: Arc<Supervisor>, turns: SharedTurns) -> Arc<Self> {
        let controllers = supervisor.driver().controllers().to_vec();
        let bridge = Arc::new(Self {
            name: name.to_owned(),
            supervisor,
            controllers,
            turns,
            i2c: Mutex::default(),
            spi: Mutex::default(),
            gpio: Mutex::default(),
            owners: std::sync::Mutex::default(),
            endings: watch::Sender::new(0),
        });
        let itself = Arc::downgrade(&bridge);
        bridge.supervisor.before_stop(Box::new(move || {
            let bridge = itself.upgrade();
            Box::pin(async move {
                if let Some(bridge) = bridge {
                    bridge.leave().await;
                }
            })
        }));
        bridge
    }

    /// Its name in the board file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Leaves the part as its driver's README says.
    async fn leave(&self) {
        if let Some(i2c) = open_now(&self.i2c) {
            i2c.leave().await;
        }
        if let Some(spi) = open_now(&self.spi) {
            spi.leave().await;
        }
        if let Some(gpio) = open_now(&self.gpio) {
            gpio.leave().await;
        }
    }

    /// Whether its driver exports this.
    pub(crate) fn exports(&self, controller: Controller) -> bool {
        self.controllers.contains(&controller)
    }

    /// Refuses a device that is wired to what its driver does not export.
    ///
    /// # Errors
    ///
    /// One sentence that names both.
    pub(crate) fn require(&self, controller: Controller, device: &str) -> Result<(), HostError> {
        if self.exports(controller) {
            return Ok(());
        }
        let (name, what) = (&self.name, controller.noun());
        Err(HostError::backend(format!(
            "{device}: the bridge \"{name}\" has no {what}; wire the device to another one."
        )))
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        self.turns.lock().await
    }

    /// What the running driver has of I2C, opened once in each of its lives; the driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// As a start does, and what the driver answers.
    pub(crate) async fn i2c(&self) -> Result<Arc<I2cController>, BoardFailure> {
        let life = self.supervisor.instance().await?;
        opened_in(&self.i2c, &life, I2cController::open(&self.name, life.clone())).await
    }

    /// Likewise of SPI.
    ///
    /// # Errors
    ///
    /// As for I2C.
    pub(crate) async fn spi(&self) -> Result<Arc<SpiController>, BoardFailure> {
        let life = self.supervisor.instance().await?;
        opened_in(&self.spi, &life, SpiController::open(&self.name, life.clone())).await
    }

    /// Likewise of GPIO.
    ///
    /// # Errors
    ///
    /// As for I2C.
    pub(crate) async fn gpio(&self) -> Result<Arc<GpioController>, BoardFailure> {
        let life = self.supervisor.instance().await?;
        opened_in(&self.gpio, &life, GpioController::open(&self.name, life.clone())).await
    }

    /// Whether the devices are plugged in that it is on.
    pub(crate) fn is_there(&self) -> bool {
        self.slots().iter().all(|slot| slot.device().is_some())
    }

    /// Makes a device the owner of the line with an offset; gives who has it where it has one already.
    pub(crate) fn own(&self, offset: u16, device: &str) -> Option<String> {
        let mut owners = locked(&self.owners);
        let owner = owners.get(&offset).cloned();
        if owner.is_none() {
            owners.insert(offset, device.to_owned());
        }
        owner
    }

    /// The line is free for others.
    pub(crate) fn disown(&self, offset: u16) {
        locked(&self.owners).remove(&offset);
    }

    /// Something is given back until what this gives is dropped.
    pub(crate) fn ending(self: &Arc<Self>) -> Ending {
        self.endings.send_modify(|count| *count += 1);
        Ending(self.clone())
    }

    fn supplies(&self) -> &Supplies {
        &self.supervisor.supervised().supplies
    }
}

/// What is open in this life, opened first where nothing is. Who asks after one that failed tries again.
async fn opened_in<Opened>(
    known: &OpenedIn<Opened>,
    life: &Arc<DriverInstance>,
    open: impl Future<Output = Result<Opened, DeviceError>>,
) -> Result<Arc<Opened>, BoardFailure> {
    let mut known = known.lock().await;
    if let Some((_, opened)) = known.as_ref().filter(|(of, _)| Arc::ptr_eq(of, life)) {
        return Ok(opened.clone());
    }
    let opened = Arc::new(open.await?);
    *known = Some((life.clone(), opened.clone()));
    Ok(opened)
}

/// What is open, where nobody is just opening it.
fn open_now<Opened>(known: &OpenedIn<Opened>) -> Option<Arc<Opened>> {
    known.try_lock().ok()?.as_ref().map(|(_, opened)| opened.clone())
}

impl Supply for DriverBridge {
    fn name(&self) -> &str {
        &self.name
    }

    fn slots(&self) -> Vec<UsbSlot> {
        let own = self.supervisor.supervised().usb.iter().cloned();
        own.chain(self.supplies().slots()).collect()
    }

    fn start(&self) -> Later<Result<(), BoardFailure>> {
        let supervisor = self.supervisor.clone();
        Box::pin(async move { supervisor.instance().await.map(drop) })
    }

    fn released(&self) -> Later<()> {
        let mut endings = self.endings.subscribe();
        Box::pin(async move {
            // Where the bridge is gone, there is nothing to wait for.
            let _ = endings.wait_for(|count| *count == 0).await;
        })
    }
}

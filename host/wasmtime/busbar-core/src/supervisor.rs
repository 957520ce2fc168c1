//! Keeps drivers running, whichever engine they run in.

use crate::back_off::BackOff;
use crate::board::DeviceEntry;
use crate::bridge::{Had, Supplies};
use crate::bus::uart::{OpenedUart, UartLine, UartWiring};
use crate::bus::usb::{Hurry, UsbContext, UsbDevice, UsbFailure, UsbSession, UsbSlot, describe_usb_device, unplugged};
use crate::bus::{Later, OpenedBuses};
use crate::clock::Clock;
use crate::end_of_life::EndOfLife;
use crate::error::HostError;
use crate::failure::BoardFailure;
use crate::grants::{DeviceQuota, DeviceUse, noted_use};
use crate::link::DeviceKind;
use crate::locked::locked;
use crate::trace::{Trace, Turn};
use std::sync::{Arc, Mutex, Once, OnceLock, Weak};
use std::time::Duration;
use tokio::sync::watch;

/// A driver whose imports were checked against its entry: ready to be started, again and again.
pub trait StartsLives: Clone + Send + Sync + 'static {
    /// One life of it.
    type Life: Life;

    /// What kind of device it drives.
    fn kind(&self) -> DeviceKind;

    /// How messages name its component.
    fn label(&self) -> &str;

    /// Starts a life. `on_trap` is called once, with the reason, if that ends by a trap or a call that takes too long.
    ///
    /// # Errors
    ///
    /// When it does not start.
    fn start(&self, wired: Wired, on_trap: OnTrap) -> impl Future<Output = Result<Self::Life, HostError>> + Send;
}

/// One life of a driver, from its instantiation until it is stopped or traps.
pub trait Life: Send + Sync + 'static {
    /// Whether calls still reach it.
    fn is_alive(&self) -> bool;

    /// Ends it: the call under way, if there is one, ends with `disconnected`, and so does every later one.
    fn stop(&self, reason: &str);

    /// Waits until it has given back what it was wired to.
    fn gone(&self) -> impl Future<Output = ()> + Send;
}

/// Told of the trap that ended a life.
pub type OnTrap = Box<dyn Fn(&str) + Send + Sync>;

/// What the imports of one life of a driver work with.
pub struct Wired {
    /// The device's name in the board file.
    pub device: Arc<str>,
    pub entry: Arc<DeviceEntry>,
    pub clock: Clock,
    pub trace: Trace,
    /// The device's, not the life's: neither another handle nor another start gives more.
    pub quota: Arc<Mutex<DeviceQuota>>,
    /// What the entry is wired to, opened.
    pub buses: OpenedBuses,
    /// The device of the entry's USB grant; none where the entry has none.
    pub usb: Option<Arc<UsbSession>>,
    /// Whether another call waits for the current one.
    pub hurry: Arc<Hurry>,
}

/// Opens the buses of an entry. The bridges that it is behind run by then.
pub type OpenBuses = Arc<dyn Fn() -> Later<Result<OpenedBuses, BoardFailure>> + Send + Sync>;

/// Done before an instance is stopped for good.
pub type Release = Box<dyn Fn() -> Later<()> + Send + Sync>;

/// Becomes true when what has to be over before a driver may start is over.
pub type After = watch::Receiver<bool>;

/// Nothing has to be over.
pub fn at_once() -> After {
    watch::channel(true).1
}

/// What a supervisor starts its driver with.
#[derive(Clone)]
pub struct Supervised<D> {
    pub device: Arc<str>,
    pub entry: Arc<DeviceEntry>,
    pub driver: D,
    pub clock: Clock,
    pub trace: Trace,
    pub open_buses: OpenBuses,
    /// Where the entry has a USB grant.
    pub usb: Option<UsbSlot>,
    /// Where the entry has a serial port.
    pub uart: Option<UartWiring>,
    /// The bridges that the entry is wired to; none on most boards.
    pub supplies: Supplies,
    /// What has to be over first.
    pub after: After,
}

/// Keeps the driver of one board entry running: starts it when it is needed, and again, with back-off, after a trap. One
/// with a USB device waits until that is plugged in, and lives no longer than it stays.
pub struct Supervisor<D: StartsLives> {
    supervised: Supervised<D>,
    /// Of all its lives together.
    quota: Arc<Mutex<DeviceQuota>>,
    back_off: Arc<Mutex<BackOff>>,
    /// Who starts a life: one after the other.
    starting: tokio::sync::Mutex<()>,
    /// The last that started.
    current: Mutex<Option<Current<D::Life>>>,
    /// Once it was stopped for good.
    stopped: EndOfLife,
    keeper: Once,
    supply_keeper: Once,
    release: OnceLock<Release>,
    itself: Weak<Self>,
}

/// A life, and what it has of what can be unplugged: its own USB device and serial port, and those of the bridges that it is behind.
struct Current<L> {
    life: Arc<L>,
    usb: Option<Arc<UsbSession>>,
    uart: Option<Arc<OpenedUart>>,
    supplied: Had,
}

impl<L> Clone for Current<L> {
    fn clone(&self) -> Self {
        Self {
            life: self.life.clone(),
            usb: self.usb.clone(),
            uart: self.uart.clone(),
            supplied: self.supplied.clone(),
        }
    }
}

impl<L: Life> Current<L> {
    /// Gives everything back.
    async fn end(self, supplies: &Supplies) {
        self.life.gone().await;
        supplies.released().await;
        if let Some(usb) = self.usb {
            usb.end().await;
        }
        if let Some(uart) = self.uart {
            uart.end().await;
        }
    }
}

impl<D: StartsLives> Supervisor<D> {
    /// Of a driver that does not run yet.
    pub fn new(supervised: Supervised<D>) -> Arc<Self> {
        let quota = Arc::new(Mutex::new(DeviceQuota::new(&supervised.entry)));
        Arc::new_cyclic(|itself| Self {
            supervised,
            quota,
            back_off: Arc::default(),
            starting: tokio::sync::Mutex::new(()),
            current: Mutex::new(None),
            stopped: EndOfLife::default(),
            keeper: Once::new(),
            supply_keeper: Once::new(),
            release: OnceLock::new(),
            itself: itself.clone(),
        })
    }

    /// The driver that it keeps running.
    pub fn driver(&self) -> &D {
        &self.supervised.driver
    }

    /// The entry of the board.
    pub fn entry(&self) -> &DeviceEntry {
        &self.supervised.entry
    }

    /// What it starts its driver with.
    pub fn supervised(&self) -> &Supervised<D> {
        &self.supervised
    }

    /// Whether its driver runs now.
    pub fn is_running(&self) -> bool {
        locked(&self.current).as_ref().is_some_and(|current| current.life.is_alive())
    }

    /// What the device needed so far; none where its entry is enforced.
    pub fn noted_use(&self) -> Option<DeviceUse> {
        noted_use(&self.quota)
    }

    /// The running instance, started first where there is none. Where its USB device is not plugged in, it waits for that.
    ///
    /// # Errors
    ///
    /// When it cannot be started, and `disconnected` once it was stopped for good.
    pub async fn instance(&self) -> Result<Arc<D::Life>, BoardFailure> {
        tokio::select! {
            biased;
            error = self.stopped.wait() => Err(error.into()),
            started = self.living() => started,
        }
    }

    /// Stops the instance; nothing starts any more.
    pub async fn stop(&self, reason: &str) {
        // Who starts it, or waits for its device, gives up.
        self.stopped.end(&self.supervised.device, reason);
        drop(self.starting.lock().await);
        let Some(current) = locked(&self.current).take() else { return };
        if current.life.is_alive()
            && let Some(release) = self.release.get()
        {
            release().await;
        }
        self.stop_life(&current.life, reason);
        current.end(&self.supervised.supplies).await;
    }

    /// What is done before the instance is stopped for good, so that it leaves its part as it should. The first that is given counts.
    pub fn before_stop(&self, release: Release) {
        let _ = self.release.set(release);
    }

    async fn living(&self) -> Result<Arc<D::Life>, BoardFailure> {
        // Where nobody is left to say so, there is nothing to wait for.
        let mut after = self.supervised.after.clone();
        let _ = after.wait_for(|is_over| *is_over).await;
        let _starting = self.starting.lock().await;
        let known = locked(&self.current).as_ref().map(|current| current.life.clone());
        if let Some(life) = known.filter(|life| life.is_alive()) {
            return Ok(life);
        }
        // The life before gives its bus and its interfaces back first.
        let before = locked(&self.current).take();
        if let Some(before) = before {
            before.end(&self.supervised.supplies).await;
        }
        self.start().await
    }

    async fn start(&self) -> Result<Arc<D::Life>, BoardFailure> {
        let Supervised { device, entry, driver, clock, trace, open_buses, supplies, .. } = &self.supervised;
        let wait = locked(&self.back_off).wait(clock.now_ms());
        if wait > Duration::ZERO {
            tokio::time::sleep(wait).await;
        }
        // What has to be waited for comes first: nothing else is held meanwhile.
        supplies.start(|reason| self.tell(Turn::Waiting, Some(reason))).await?;
        let hurry = Arc::<Hurry>::default();
        let usb = self.open_usb(&hurry).await?;
        let mut ending = EndUnlessKept { usb: usb.clone(), uart: None };
        let uart = self.open_uart().await?;
        ending.uart = uart.as_ref().map(|(_, opened)| opened.clone());
        let supplied = supplies.had();
        let mut buses = open_buses().await?;
        if let Some((wiring, opened)) = &uart {
            buses.uart = Some(UartLine::of(wiring.clone(), opened.clone()));
        }
        let uart = ending.uart.clone();
        let wired = Wired {
            device: device.clone(),
            entry: entry.clone(),
            clock: *clock,
            trace: trace.clone(),
            quota: self.quota.clone(),
            buses,
            usb: usb.clone(),
            hurry,
        };
        let (back_off, device, trace, clock) = (self.back_off.clone(), device.clone(), trace.clone(), *clock);
        let (session, port) = (usb.clone(), uart.clone());
        let on_trap = move |reason: &str| {
            locked(&back_off).trapped(clock.now_ms());
            trace.turned(&device, Turn::Trapped, Some(reason));
            end_in_background(session.as_ref());
            end_uart_in_background(port.as_ref());
        };
        let life = Arc::new(driver.start(wired, Box::new(on_trap)).await?);
        locked(&self.back_off).started(clock.now_ms());
        self.tell(Turn::Started, None);
        ending.keep();
        *locked(&self.current) = Some(Current { life: life.clone(), usb, uart: uart.clone(), supplied });
        self.watch_usb();
        self.watch_supplies();
        if let Some(opened) = uart {
            self.watch_uart(life.clone(), opened);
        }
        Ok(life)
    }

    /// Waits for the serial port of the entry, and opens it.
    async fn open_uart(&self) -> Result<Option<(UartWiring, Arc<OpenedUart>)>, BoardFailure> {
        let Some(wiring) = &self.supervised.uart else { return Ok(None) };
        let opened = wiring.open(|reason| self.tell(Turn::Waiting, Some(reason))).await?;
        Ok(Some((wiring.clone(), opened)))
    }

    /// An instance lives no longer than its port is there. One that was asked for starts again when that returns.
    fn watch_uart(&self, life: Arc<D::Life>, opened: Arc<OpenedUart>) {
        let Some(wiring) = self.supervised.uart.clone() else { return };
        let (itself, stopped) = (self.itself.clone(), self.stopped.wait());
        let watching = async move {
            // It was given back: whoever asks for the device starts its driver.
            let Some(reason) = wiring.leaving(&opened).await else { return };
            if let Some(supervisor) = itself.upgrade() {
                supervisor.stop_life(&life, &reason);
            }
            drop(life);
            opened.end().await;
            wiring.arriving().await;
            if let Some(supervisor) = itself.upgrade() {
                // Who asks for it is told what is wrong.
                let _ = supervisor.instance().await;
            }
        };
        tokio::spawn(async move {
            tokio::select! {
                _ = stopped => {}
                () = watching => {}
            }
        });
    }

    /// Waits for the device of the entry, and gets it ready.
    async fn open_usb(&self, hurry: &Arc<Hurry>) -> Result<Option<Arc<UsbSession>>, BoardFailure> {
        let Supervised { device: name, entry, clock, trace, usb, .. } = &self.supervised;
        let (Some(slot), Some(grant)) = (usb, &entry.usb) else { return Ok(None) };
        let context = UsbContext {
            device: name.clone(),
            entry: entry.clone(),
            grant: Arc::new(grant.clone()),
            clock: *clock,
            trace: trace.clone(),
            quota: self.quota.clone(),
            hurry: hurry.clone(),
        };
        loop {
            let device = slot.find(|reason| self.tell(Turn::Waiting, Some(reason))).await?;
            let is_still_there = || slot.device().is_some_and(|now| Arc::ptr_eq(&now, &device));
            match UsbSession::start(context.clone(), device.clone()).await {
                Ok(session) if is_still_there() => return Ok(Some(Arc::new(session))),
                Ok(session) => session.end().await,
                Err(UsbFailure::Host(error)) => return Err(error.into()),
                Err(UsbFailure::Usb(error)) if is_still_there() => {
                    let described = describe_usb_device(&*device);
                    let message = format!("{name}: the USB device {described} cannot be used: {}.", error.message);
                    return Err(HostError::backend(message).into());
                }
                // Pulled out meanwhile: wait for it to come back.
                Err(UsbFailure::Usb(_)) => {}
            }
        }
    }

    /// An instance lives no longer than its device is plugged in. One that was asked for starts again when it returns.
    fn watch_usb(&self) {
        let Some(slot) = &self.supervised.usb else { return };
        self.keeper.call_once(|| {
            self.at_each_change(slot, |supervisor, device| Box::pin(async move { supervisor.usb_is(device).await }));
        });
    }

    /// An instance lives no longer than the devices are plugged in that the bridges before it are on; likewise.
    fn watch_supplies(&self) {
        self.supply_keeper.call_once(|| {
            for slot in self.supervised.supplies.slots() {
                self.at_each_change(&slot, |supervisor, device| {
                    Box::pin(async move { supervisor.supplies_changed(device.is_some()).await })
                });
            }
        });
    }

    /// Does something with the device that a slot has, now and whenever that is another one, until this is stopped for good.
    fn at_each_change<Act>(&self, slot: &UsbSlot, act: Act)
    where
        Act: Fn(Arc<Self>, Option<Arc<dyn UsbDevice>>) -> Later<()> + Send + 'static,
    {
        let (itself, mut changes) = (self.itself.clone(), slot.changes());
        tokio::spawn(async move {
            loop {
                // It must not be kept by who only watches for it.
                let stopped = {
                    let Some(supervisor) = itself.upgrade() else { return };
                    if supervisor.stopped.reason().is_some() {
                        return;
                    }
                    let device = changes.borrow_and_update().clone();
                    act(supervisor.clone(), device).await;
                    supervisor.stopped.wait()
                };
                tokio::select! {
                    _ = stopped => return,
                    changed = changes.changed() => if changed.is_err() { return },
                }
            }
        });
    }

    async fn supplies_changed(&self, is_there: bool) {
        let Some(Current { life, usb, uart, supplied }) = locked(&self.current).clone() else { return };
        let Some(reason) = supplied.lost() else { return };
        self.stop_life(&life, &reason);
        end_in_background(usb.as_ref());
        end_uart_in_background(uart.as_ref());
        if is_there {
            // Who asks for it is told what is wrong.
            let _ = self.instance().await;
        }
    }

    /// The device that the entry has now.
    async fn usb_is(&self, device: Option<Arc<dyn UsbDevice>>) {
        let Some(Current { life, usb: Some(session), .. }) = locked(&self.current).clone() else { return };
        let had = session.device();
        if device.as_ref().is_some_and(|device| Arc::ptr_eq(device, had)) {
            return;
        }
        self.stop_life(&life, &unplugged(&**had));
        end_in_background(Some(&session));
        if device.is_some() {
            // Who asks for it is told what is wrong.
            let _ = self.instance().await;
        }
    }

    /// Stops a life, and says so; nothing happens where it is over.
    fn stop_life(&self, life: &D::Life, reason: &str) {
        if life.is_alive() {
            life.stop(reason);
            self.tell(Turn::Stopped, Some(reason));
        }
    }

    fn tell(&self, event: Turn, reason: Option<&str>) {
        self.supervised.trace.turned(&self.supervised.device, event, reason);
    }
}

/// What can be unplugged, which is given back unless its driver starts.
struct EndUnlessKept {
    usb: Option<Arc<UsbSession>>,
    uart: Option<Arc<OpenedUart>>,
}

impl EndUnlessKept {
    fn keep(mut self) {
        self.usb = None;
        self.uart = None;
    }
}

impl Drop for EndUnlessKept {
    fn drop(&mut self) {
        end_in_background(self.usb.as_ref());
        end_uart_in_background(self.uart.as_ref());
    }
}

fn end_in_background(session: Option<&Arc<UsbSession>>) {
    if let Some(session) = session.cloned() {
        tokio::spawn(async move { session.end().await });
    }
}

fn end_uart_in_background(opened: Option<&Arc<OpenedUart>>) {
    if let Some(opened) = opened.cloned() {
        tokio::spawn(async move { opened.end().await });
    }
}

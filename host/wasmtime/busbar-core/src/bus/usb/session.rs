use super::backend::{UsbDevice, UsbFailure, UsbHandle};
use super::claims::ClaimingHandle;
use super::context::UsbContext;
use super::error::{UsbError, UsbErrorCode};
use super::facts::facts_of_device;
use super::keys::{KnownKeys, find_keys};
use super::report_descriptor::ask_report_descriptor;
use crate::board::UsbAllowance;
use crate::grants::{Taken, UsbCall, UsbFacts, Verdict, granted_interfaces, hid_interfaces, judge_usb};
use crate::locked::locked;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::OnceCell;

/// More handles than any driver needs; each costs the system a file.
const MOST_HANDLES: usize = 16;

/// The USB device of one life of a driver: judges what the driver asks for, counts what it has, and gives everything back
/// at its end.
pub struct UsbSession {
    context: UsbContext,
    device: Arc<dyn UsbDevice>,
    state: Mutex<State>,
    ended: OnceCell<()>,
}

struct State {
    is_ending: bool,
    /// The HID interfaces that are a security key's; of another configuration, or while there is none, all may be.
    keys: Option<KnownKeys>,
    /// The facts of a configuration.
    facts: Option<(u8, Arc<UsbFacts>)>,
    handles: Vec<Arc<ClaimingHandle>>,
    /// Opened before the driver started, to find out whether it can be.
    spare: Option<Arc<dyn UsbHandle>>,
    transfers: u32,
}

impl UsbSession {
    /// Gets a device ready for a driver: finds out which of its HID interfaces are security keys, and whether the operating
    /// system lets us open it.
    ///
    /// # Errors
    ///
    /// Where it does not, with the line that mends it; and what the device answers.
    pub async fn start(context: UsbContext, device: Arc<dyn UsbDevice>) -> Result<Self, UsbFailure> {
        device.configured().await?;
        let keys = find_keys(&context.grant, &*device, |number| device.report_descriptor(number)).await?;
        let granted = granted_interfaces(&context.grant, &facts_of_device(&*device, &[])?);
        let used: Vec<u8> = granted.into_iter().filter(|number| !keys.interfaces.contains(number)).collect();
        device.prepare(&used)?;
        let spare = Some(device.open().await?);
        let state = State { is_ending: false, keys: Some(keys), facts: None, handles: Vec::new(), spare, transfers: 0 };
        Ok(Self { context, device, state: Mutex::new(state), ended: OnceCell::new() })
    }

    /// The device.
    pub fn device(&self) -> &Arc<dyn UsbDevice> {
        &self.device
    }

    /// What its calls work with.
    pub fn context(&self) -> &UsbContext {
        &self.context
    }

    /// Does something after which the device's interfaces can be others, security keys among them: until their report
    /// descriptors have been read again, every HID interface counts as one.
    ///
    /// # Errors
    ///
    /// What `change` fails with.
    pub async fn changing(&self, change: impl Future<Output = Result<(), UsbError>>) -> Result<(), UsbError> {
        self.know(None);
        let changed = change.await;
        // Of a device that is gone, or that the system does not let us look at, nothing is known.
        let keys = find_keys(&self.context.grant, &*self.device, |number| Box::pin(self.read_report(number))).await;
        self.know(keys.ok());
        changed
    }

    /// Whether any of its handles has an interface.
    pub fn has_claims(&self) -> bool {
        self.state().handles.iter().any(|handle| handle.has_claims())
    }

    /// Opens the device for the driver.
    ///
    /// # Errors
    ///
    /// `access` where it is not granted, or the system refuses it; `no-device`.
    pub fn open(&self) -> Result<Arc<ClaimingHandle>, UsbError> {
        const DOING: &str = "opening the device";
        self.check(UsbCall::Open, || DOING.to_owned())?;
        let mut state = self.state();
        if state.is_ending {
            return Err(UsbError::no_device("the device is gone"));
        }
        if state.handles.len() >= MOST_HANDLES {
            drop(state);
            return Err(self.deny(DOING, "handles", format!("more than {MOST_HANDLES} handles at a time")));
        }
        let opened = match state.spare.take() {
            Some(spare) => spare,
            None => self.device.open_now().map_err(|failure| match failure {
                UsbFailure::Usb(error) => error,
                UsbFailure::Host(error) => UsbError::new(UsbErrorCode::Access, error.message),
            })?,
        };
        let handle = Arc::new(ClaimingHandle::new(opened));
        state.handles.push(handle.clone());
        Ok(handle)
    }

    /// Closes one of its handles.
    pub async fn close(&self, handle: &Arc<ClaimingHandle>) {
        handle.close().await;
        self.state().handles.retain(|each| !Arc::ptr_eq(each, handle));
    }

    /// Refuses what is not granted; or, of an entry that is not enforced, tells of it where it stays within the granted
    /// interfaces. `doing` is for the audit trail: "claiming interface 2". Gives the facts that it was judged by.
    ///
    /// # Errors
    ///
    /// `access`, after writing a line to the audit trail; what the device answers where it is gone.
    pub fn check(&self, call: UsbCall, doing: impl Fn() -> String) -> Result<Arc<UsbFacts>, UsbError> {
        let facts = self.facts()?;
        let grant = &*self.context.grant;
        match judge_usb(Some(grant), &facts, call, self.context.entry.enforce) {
            Verdict::Allowed => {}
            Verdict::WouldBeDenied(denied) => {
                self.context.audit(&doing(), denied.what.name(), &denied.reason, false);
            }
            Verdict::Denied(denied) => return Err(self.deny(&doing(), denied.what.name(), denied.reason)),
        }
        if let Some(recorder) = &mut self.context.quota().recorder {
            recorder.usb(grant, &facts, call);
        }
        Ok(facts)
    }

    /// The facts of the configuration that is chosen now. Another object than before where a call that was allowed has to be
    /// judged anew.
    ///
    /// # Errors
    ///
    /// When the device is gone.
    pub fn facts(&self) -> Result<Arc<UsbFacts>, UsbError> {
        let configuration = self.device.active_configuration()?;
        let mut state = self.state();
        if let Some((known, facts)) = &state.facts
            && *known == configuration
        {
            return Ok(facts.clone());
        }
        let fido = match &state.keys {
            Some(keys) if keys.configuration == configuration => keys.interfaces.clone(),
            _ if self.context.grant.allow.contains(&UsbAllowance::SecurityKeys) => Vec::new(),
            _ => hid_interfaces(&facts_of_device(&*self.device, &[])?),
        };
        let facts = Arc::new(facts_of_device(&*self.device, &fido)?);
        state.facts = Some((configuration, facts.clone()));
        Ok(facts)
    }

    /// Writes a line to the audit trail, and gives the guest's error.
    pub fn deny(&self, doing: &str, denied: &'static str, reason: String) -> UsbError {
        self.context.audit(doing, denied, &reason, true);
        UsbError::new(UsbErrorCode::Access, reason)
    }

    /// Counts a transfer that comes into being.
    ///
    /// # Errors
    ///
    /// `access` when there are too many.
    pub fn take_transfer(&self) -> Result<(), UsbError> {
        let taken = self.context.quota().take_transfer();
        if taken != Taken::Taken {
            let reason = format!("more than {} transfers at a time", self.context.grant.maximum_transfers);
            self.tell_taken(taken, "making a transfer", "transfers", reason)?;
        }
        self.state().transfers += 1;
        Ok(())
    }

    /// Counts a transfer that is gone.
    pub fn return_transfer(&self) {
        let mut state = self.state();
        // A guest that was stopped drops nothing, or drops it late: its end has returned them all.
        if state.transfers == 0 {
            return;
        }
        state.transfers -= 1;
        drop(state);
        self.context.quota().return_transfers(1);
    }

    /// Counts a submit.
    ///
    /// # Errors
    ///
    /// `access` when there are too many in a second.
    pub fn take_submit(&self, doing: impl Fn() -> String) -> Result<(), UsbError> {
        let taken = self.context.quota().take_transaction(self.context.clock.now_ms());
        if taken == Taken::Taken {
            return Ok(());
        }
        let most = self.context.entry.limits.transactions_per_second.unwrap_or(0);
        self.tell_taken(taken, &doing(), "rate", format!("more than {most} transactions in a second"))
    }

    /// Cancels, releases, gives back and closes everything; never fails. Ending twice is legal.
    pub async fn end(&self) {
        self.ended.get_or_init(|| self.end_once()).await;
    }

    async fn end_once(&self) {
        let (spare, handles) = {
            let mut state = self.state();
            state.is_ending = true;
            (state.spare.take(), state.handles.clone())
        };
        if let Some(spare) = spare {
            spare.close().await;
        }
        // All begin to end before any is waited for.
        let closing: Vec<_> =
            handles.into_iter().map(|handle| tokio::spawn(async move { handle.close().await })).collect();
        for closed in closing {
            // What panicked in it has nothing left to close.
            let _ = closed.await;
        }
        let transfers = {
            let mut state = self.state();
            state.handles.clear();
            take(&mut state.transfers)
        };
        self.context.quota().return_transfers(transfers);
    }

    fn tell_taken(&self, taken: Taken, doing: &str, denied: &'static str, reason: String) -> Result<(), UsbError> {
        if taken == Taken::Refused {
            return Err(self.deny(doing, denied, reason));
        }
        self.context.audit(doing, denied, &reason, false);
        Ok(())
    }

    fn know(&self, keys: Option<KnownKeys>) {
        let mut state = self.state();
        state.keys = keys;
        state.facts = None;
    }

    /// A report descriptor, through the handle that has the interface, because nobody else can then.
    async fn read_report(&self, interface_number: u8) -> Result<Option<Vec<u8>>, UsbFailure> {
        let owner = self.state().handles.iter().find(|handle| handle.has_claimed(interface_number)).cloned();
        let Some(owner) = owner else { return self.device.report_descriptor(interface_number).await };
        ask_report_descriptor(interface_number, |request| owner.submit(request)).await.map(Some)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

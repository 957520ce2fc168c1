use super::backend::{UsbHandle, UsbTransferRequest};
use super::error::{UsbError, UsbErrorCode};
use super::transfer::{RunningTransfers, UsbTransfer};
use crate::grants::UsbFacts;
use crate::locked::locked;
use std::collections::BTreeSet;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::OnceCell;

/// A handle that remembers what was done through it, so that closing it undoes all of that: transfers end, interfaces are
/// given back, and the kernel's drivers get theirs again.
pub struct ClaimingHandle {
    handle: Arc<dyn UsbHandle>,
    made: Mutex<Made>,
    closed: OnceCell<()>,
}

#[derive(Default)]
struct Made {
    is_closing: bool,
    claimed: BTreeSet<u8>,
    /// Interfaces whose kernel driver was detached through this handle.
    detached: BTreeSet<u8>,
    transfers: RunningTransfers,
}

impl ClaimingHandle {
    pub fn new(handle: Arc<dyn UsbHandle>) -> Self {
        Self { handle, made: Mutex::default(), closed: OnceCell::new() }
    }

    /// The handle of the platform.
    ///
    /// # Errors
    ///
    /// `no-device` after `close`.
    pub fn opened(&self) -> Result<&Arc<dyn UsbHandle>, UsbError> {
        if self.made().is_closing { Err(UsbError::no_device("the handle is closed")) } else { Ok(&self.handle) }
    }

    /// Whether the interface was claimed through this handle.
    pub fn has_claimed(&self, interface_number: u8) -> bool {
        self.made().claimed.contains(&interface_number)
    }

    /// Whether all interfaces that have this endpoint are claimed through this handle.
    pub fn has_claimed_endpoint(&self, facts: &UsbFacts, endpoint: u8) -> bool {
        let mut owners = facts.interfaces.iter().filter(|each| each.endpoints.contains(&endpoint));
        owners.all(|each| self.has_claimed(each.number))
    }

    /// Whether any interface was.
    pub fn has_claims(&self) -> bool {
        !self.made().claimed.is_empty()
    }

    /// Takes an interface, from the kernel's driver where there is one. Taking it twice is legal.
    ///
    /// # Errors
    ///
    /// `busy` where somebody else has it, `not-found`.
    pub fn claim(&self, interface_number: u8) -> Result<(), UsbError> {
        let handle = self.opened()?;
        if self.has_claimed(interface_number) {
            return Ok(());
        }
        if self.kernel_driver_active(interface_number)? {
            self.detach(interface_number)?;
        }
        if let Err(error) = handle.claim_interface(interface_number) {
            self.reattach(interface_number);
            return Err(error);
        }
        self.made().claimed.insert(interface_number);
        Ok(())
    }

    /// Gives an interface back, to the kernel's driver where it was taken from one.
    ///
    /// # Errors
    ///
    /// `not-found` where it is not claimed.
    pub async fn release(&self, interface_number: u8) -> Result<(), UsbError> {
        if !self.has_claimed(interface_number) {
            return Err(UsbError::not_found(format!("interface {interface_number} is not claimed")));
        }
        self.opened()?.release_interface(interface_number).await?;
        self.made().claimed.remove(&interface_number);
        self.reattach(interface_number);
        Ok(())
    }

    /// Takes an interface away from the kernel's driver, until it is attached or this handle is closed.
    ///
    /// # Errors
    ///
    /// `not-found` where none has it.
    pub fn detach(&self, interface_number: u8) -> Result<(), UsbError> {
        self.opened()?.detach_kernel_driver(interface_number)?;
        self.made().detached.insert(interface_number);
        Ok(())
    }

    /// Gives an interface back to the kernel's driver.
    ///
    /// # Errors
    ///
    /// `busy` where it is claimed, `not-found` where the kernel has none for it.
    pub fn attach(&self, interface_number: u8) -> Result<(), UsbError> {
        self.opened()?.attach_kernel_driver(interface_number)?;
        self.made().detached.remove(&interface_number);
        Ok(())
    }

    /// Starts a transfer, which closing ends.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn submit(&self, request: UsbTransferRequest) -> Result<Arc<UsbTransfer>, UsbError> {
        let transfer = self.opened()?.submit(request)?;
        self.made().transfers.add(&transfer);
        Ok(transfer)
    }

    /// Ends transfers, gives everything back and closes; never fails. Closing twice is legal.
    pub async fn close(&self) {
        self.closed.get_or_init(|| self.close_once()).await;
    }

    async fn close_once(&self) {
        let (transfers, claimed) = {
            let mut made = self.made();
            made.is_closing = true;
            (take(&mut made.transfers), made.claimed.clone())
        };
        transfers.end().await;
        // Where the device is gone nothing of this works, and nothing of it is needed.
        for interface_number in claimed {
            let _ = self.handle.release_interface(interface_number).await;
        }
        let detached = self.made().detached.clone();
        for interface_number in detached {
            self.reattach(interface_number);
        }
        self.handle.close().await;
    }

    fn kernel_driver_active(&self, interface_number: u8) -> Result<bool, UsbError> {
        match self.handle.kernel_driver_active(interface_number) {
            Err(error) if error.code == UsbErrorCode::NotSupported => Ok(false),
            other => other,
        }
    }

    fn reattach(&self, interface_number: u8) {
        if self.made().detached.remove(&interface_number) {
            // The kernel may have no driver for it any more, or have taken it already.
            let _ = self.handle.attach_kernel_driver(interface_number);
        }
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        locked(&self.made)
    }
}

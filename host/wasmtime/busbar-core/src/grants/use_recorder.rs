use super::rate::WINDOW_MS;
use super::usb::{UsbCall, UsbInterfaces, interfaces_of, needed_allowances};
use super::usb_facts::UsbFacts;
use super::use_record::{DeviceUse, UsbUse, sort_allowances};
use crate::board::{UsbAllowance, UsbGrant};
use crate::bus::gpio::{GpioDirection, GpioUse};
use crate::bus::uart::{UartCall, UartUse};
use crate::bus::{DirectedUse, i2c, spi};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Notes what a device uses. One for a device as long as its entry stays, as its quota is.
#[derive(Debug, Default)]
pub struct UseRecorder {
    /// Of the last second, the oldest first.
    times: VecDeque<f64>,
    per_second: usize,
    i2c: Option<DirectedUse>,
    spi: Option<DirectedUse>,
    gpio: Option<GpioUse>,
    uart: Option<UartUse>,
    usb: Option<UsbUsed>,
    most_transfers: u32,
}

#[derive(Debug, Default)]
struct UsbUsed {
    interfaces: Vec<u8>,
    granted: Vec<u8>,
    allow: Vec<UsbAllowance>,
    maximum_length: u32,
}

impl UseRecorder {
    /// An I2C transaction, or a submitted USB transfer.
    ///
    /// `now_ms` is in milliseconds, on a clock that never goes back.
    pub fn transaction(&mut self, now_ms: f64) {
        self.times.push_back(now_ms);
        while self.times.front().is_some_and(|oldest| now_ms - oldest >= WINDOW_MS) {
            self.times.pop_front();
        }
        self.per_second = self.per_second.max(self.times.len());
    }

    /// What an I2C transaction is made of.
    pub fn i2c(&mut self, operations: &[i2c::Operation]) {
        for operation in operations {
            let is_read = matches!(operation, i2c::Operation::Read(_));
            self.i2c.get_or_insert_default().note(is_read, !is_read, operation.length());
        }
    }

    /// What an SPI transaction is made of. A transfer reads and writes.
    pub fn spi(&mut self, operations: &[spi::Operation]) {
        for operation in operations {
            self.spi.get_or_insert_default().note(operation.reads(), operation.writes(), operation.length());
        }
    }

    /// A GPIO pin was handed out.
    pub fn gpio(&mut self, line: &str, direction: GpioDirection) {
        self.gpio.get_or_insert_default().note(line, direction);
    }

    /// A call on a serial port that was allowed.
    pub fn uart(&mut self, call: UartCall) {
        self.uart.get_or_insert_default().note(call);
    }

    /// A USB call that was allowed.
    pub fn usb(&mut self, grant: &UsbGrant, facts: &UsbFacts, call: UsbCall) {
        let made = self.usb.get_or_insert_default();
        let UsbInterfaces { used, granted } = interfaces_of(grant, facts, call);
        add(&mut made.granted, granted);
        add(&mut made.interfaces, used);
        add(&mut made.allow, needed_allowances(grant, facts, call));
        made.maximum_length = made.maximum_length.max(call.length().unwrap_or(0));
    }

    /// So many USB transfers exist now.
    pub fn transfers(&mut self, count: u32) {
        self.most_transfers = self.most_transfers.max(count);
    }

    /// What was noted so far.
    pub fn noted(&self) -> DeviceUse {
        DeviceUse {
            transactions_per_second: self.per_second as u64,
            i2c: self.i2c,
            spi: self.spi,
            gpio: self.gpio.clone(),
            uart: self.uart.clone(),
            usb: self.usb.as_ref().map(|made| {
                let mut interfaces = made.interfaces.clone();
                interfaces.sort_unstable();
                let mut allow = made.allow.clone();
                sort_allowances(&mut allow);
                UsbUse {
                    unused: made.granted.iter().copied().filter(|number| !interfaces.contains(number)).collect(),
                    interfaces,
                    allow,
                    maximum_length: u64::from(made.maximum_length),
                    maximum_transfers: u64::from(self.most_transfers),
                }
            }),
        }
    }
}

fn add<Item: PartialEq>(all: &mut Vec<Item>, more: Vec<Item>) {
    for each in more {
        if !all.contains(&each) {
            all.push(each);
        }
    }
}

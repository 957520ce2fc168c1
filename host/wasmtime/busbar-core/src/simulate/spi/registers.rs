use super::target::SpiTarget;
use crate::simulate::i2c::{Direction, Target};
use crate::simulate::parameters::Complaint;
use crate::simulate::registers::{Registers, highest_given};
use serde_json::{Map, Value};

/// Bit 7 of the first byte of a transaction: read. The other bits are the register.
const READ: u8 = 0x80;
/// Nobody drives the line.
const IDLE: u8 = 0xff;
/// Bit 7 of a register's number says "read", so that there are no more.
const HIGHEST_REGISTER: usize = 0x7f;

/// The registers of a chip by SPI, out of what they are by I2C, as many chips have both: the first byte of a transaction is a register in
/// bits 6 to 0 and "read" in bit 7. What follows is written to or read from there as in an I2C message.
pub(in crate::simulate) struct RegistersOverSpi {
    registers: Registers,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    ChosenForRead,
    ChosenForWrite,
}

impl RegistersOverSpi {
    /// The model "registers" of the board file, for a device on SPI.
    pub(in crate::simulate) fn from_parameters(parameters: &Map<String, Value>) -> Result<Self, Complaint> {
        let registers = Registers::from_parameters(parameters)?;
        if highest_given(parameters).is_some_and(|register| register > HIGHEST_REGISTER) {
            return Err("by SPI there are the registers 0x00 to 0x7F only.".to_owned());
        }
        Ok(Self { registers, state: State::Idle })
    }
}

impl SpiTarget for RegistersOverSpi {
    fn select(&mut self) {
        self.state = State::Idle;
    }

    fn transfer(&mut self, received: u8) -> u8 {
        match self.state {
            State::ChosenForRead => return self.registers.read(),
            // SPI has nothing to refuse a byte with.
            State::ChosenForWrite => {
                self.registers.write(received);
            }
            State::Idle => {
                self.registers.start(Direction::Write);
                self.registers.write(received & !READ);
                self.state = if received & READ == 0 {
                    State::ChosenForWrite
                } else {
                    self.registers.start(Direction::Read);
                    State::ChosenForRead
                };
            }
        }
        IDLE
    }

    fn release(&mut self) {
        if self.state != State::Idle {
            self.registers.stop();
        }
        self.state = State::Idle;
    }
}

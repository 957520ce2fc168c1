use super::bindings::exports::busbar::model::uart_parts::{Form, Guest, Parity as WitParity};
use super::component::Made;
use super::{UartForm, UartModelPart};
use crate::bus::uart::Parity;

/// One that has trapped sends nothing any more.
impl UartModelPart for Made<Guest> {
    fn form(&mut self) -> Option<UartForm> {
        let form = self.call(|store, exports, part| exports.part().call_form(store, part)).flatten();
        // What no line can have would be no time for a byte.
        form.map(UartForm::from).filter(|form| form.baud_rate > 0)
    }

    fn next_ms(&mut self) -> Option<f64> {
        self.call(|store, exports, part| exports.part().call_next_ms(store, part)).flatten()
    }

    fn send(&mut self) -> Vec<u8> {
        self.call(|store, exports, part| exports.part().call_send(store, part)).unwrap_or_default()
    }

    fn receive(&mut self, byte: u8, at_ms: f64) {
        self.call(|store, exports, part| exports.part().call_receive(store, part, byte, at_ms));
    }

    fn picture(&mut self) -> Option<String> {
        self.call(|store, exports, part| exports.part().call_picture(store, part)).flatten()
    }
}

impl From<Form> for UartForm {
    fn from(Form { baud_rate, data_bits, parity, stop_bits }: Form) -> Self {
        let parity = match parity {
            WitParity::None => Parity::None,
            WitParity::Odd => Parity::Odd,
            WitParity::Even => Parity::Even,
            WitParity::Mark => Parity::Mark,
            WitParity::Space => Parity::Space,
        };
        Self { baud_rate, data_bits, parity, stop_bits }
    }
}

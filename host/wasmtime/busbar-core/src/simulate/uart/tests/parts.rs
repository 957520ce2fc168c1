//! Parts that send by themselves, and the time in which ports wait.

use super::{BEGIN_MS, at_once};
use crate::bus::uart::{
    FlowControl, Parity, UartErrorCode, UartEvent, UartLineSettings, UartPort, UartUsage, UartWatch,
};
use crate::clock::Clock;
use crate::locked::locked;
use crate::models::{UartForm, UartModelPart};
use crate::simulate::faults::Fault;
use crate::simulate::test_time::{set_now, virtual_clock};
use crate::simulate::uart::{SimulatedUart, SimulatedUartPort, SimulatedUartWatch, UART_KINDS, uart_loopback};
use serde_json::{Map, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const FORM: UartForm = UartForm { baud_rate: 9600, data_bits: 8, parity: Parity::None, stop_bits: 1 };

const LINE: UartLineSettings = UartLineSettings {
    baud_rate: 9600,
    data_bits: 8,
    parity: Parity::None,
    stop_bits: 1,
    flow_control: FlowControl::None,
};

/// What it heard, and when.
type Heard = Arc<Mutex<Vec<(u8, f64)>>>;

/// Sends a text at a time, and keeps what it hears and when.
struct Talker {
    form: UartForm,
    texts: VecDeque<(&'static str, f64)>,
    heard: Heard,
}

impl UartModelPart for Talker {
    fn form(&mut self) -> Option<UartForm> {
        Some(self.form)
    }

    fn next_ms(&mut self) -> Option<f64> {
        self.texts.front().map(|(_, at_ms)| BEGIN_MS + at_ms)
    }

    fn send(&mut self) -> Vec<u8> {
        self.texts.pop_front().map(|(text, _)| text.as_bytes().to_vec()).unwrap_or_default()
    }

    fn receive(&mut self, byte: u8, at_ms: f64) {
        locked(&self.heard).push((byte, at_ms - BEGIN_MS));
    }

    fn picture(&mut self) -> Option<String> {
        None
    }
}

struct Wired {
    port: SimulatedUartPort,
    heard: Heard,
}

impl Wired {
    /// A port that is set like that, with a part that sends these texts in that form.
    fn new(settings: UartLineSettings, form: UartForm, texts: &[(&'static str, f64)]) -> Self {
        set_now(BEGIN_MS);
        let heard = Heard::default();
        let part = Talker { form, texts: texts.iter().copied().collect(), heard: heard.clone() };
        let uart = Arc::new(Mutex::new(SimulatedUart::new(Box::new(part), virtual_clock())));
        let opened = SimulatedUartPort::open(&uart, &UartUsage { device: "x", settings });
        Self { port: opened.expect("it is free").expect("it is there"), heard }
    }

    /// What there is at a time: a text, or what happened in its place.
    fn read_at(&self, ms: f64) -> Result<String, UartErrorCode> {
        set_now(BEGIN_MS + ms);
        let read = at_once(self.port.read(100, Duration::ZERO));
        read.map(|bytes| String::from_utf8(bytes).expect("it is a text")).map_err(|error| error.code)
    }
}

#[test]
fn a_part_is_heard_as_its_bytes_come_and_hears_each_when_it_is_whole() {
    let wired = Wired::new(LINE, FORM, &[("0123456789abcdefXY", 5.0)]);
    let byte_ms = 10.0 / 9.6;
    assert_eq!(wired.read_at(5.0 + 13.9 * byte_ms), Ok(String::new()));
    assert_eq!(wired.read_at(5.0 + 14.0 * byte_ms), Ok("0123456789abcd".to_owned()));
    assert_eq!(wired.read_at(5.0 + 21.9 * byte_ms), Ok(String::new()));
    assert_eq!(wired.read_at(5.0 + 22.0 * byte_ms), Ok("efXY".to_owned()));
    set_now(BEGIN_MS + 100.0);
    assert_eq!(at_once(wired.port.write(&[7, 8])), Ok(()));
    assert_eq!(wired.read_at(200.0), Ok(String::new()));
    let heard = locked(&wired.heard).clone();
    assert_eq!(heard.iter().map(|(byte, _)| *byte).collect::<Vec<_>>(), [7, 8]);
    assert!((heard[1].1 - (100.0 + 2.0 * byte_ms)).abs() < 1e-3, "{heard:?}");
}

#[test]
fn bytes_of_another_form_are_disturbed_both_ways() {
    for (settings, code) in [
        (UartLineSettings { baud_rate: 19_200, ..LINE }, UartErrorCode::Framing),
        (UartLineSettings { data_bits: 7, ..LINE }, UartErrorCode::Framing),
        (UartLineSettings { parity: Parity::Odd, ..LINE }, UartErrorCode::Parity),
    ] {
        let wired = Wired::new(settings, FORM, &[("x", 1.0)]);
        assert_eq!(wired.read_at(50.0), Err(code));
        assert_eq!(at_once(wired.port.write(&[1])), Ok(()));
        assert_eq!(wired.read_at(100.0), Ok(String::new()));
        assert_eq!(*locked(&wired.heard), []);
    }
    // A speed that is a little off, and one more stop bit, do not.
    let near = UartLineSettings { baud_rate: 9700, stop_bits: 2, ..LINE };
    assert_eq!(Wired::new(near, FORM, &[("x", 1.0)]).read_at(50.0), Ok("x".to_owned()));
}

#[test]
fn switching_to_the_parts_speed_mends_it() {
    let fast = UartForm { baud_rate: 38_400, ..FORM };
    let wired = Wired::new(LINE, fast, &[("a", 1.0), ("b", 30.0)]);
    assert_eq!(wired.read_at(10.0), Err(UartErrorCode::Framing));
    assert_eq!(at_once(wired.port.set_baud_rate(38_400)), Ok(()));
    assert_eq!(wired.read_at(50.0), Ok("b".to_owned()));
}

#[test]
fn a_part_that_never_gets_further_sends_nothing_any_more() {
    struct Stuck;
    impl UartModelPart for Stuck {
        fn form(&mut self) -> Option<UartForm> {
            None
        }

        fn next_ms(&mut self) -> Option<f64> {
            Some(BEGIN_MS)
        }

        fn send(&mut self) -> Vec<u8> {
            Vec::new()
        }

        fn receive(&mut self, _byte: u8, _at_ms: f64) {}

        fn picture(&mut self) -> Option<String> {
            None
        }
    }
    set_now(BEGIN_MS);
    let uart = Arc::new(Mutex::new(SimulatedUart::new(Box::new(Stuck), virtual_clock())));
    let port = SimulatedUartPort::open(&uart, &UartUsage { device: "x", settings: LINE });
    let port = port.expect("it is free").expect("it is there");
    assert_eq!(at_once(port.read(1, Duration::ZERO)), Ok(vec![]));
    assert_eq!(locked(&uart).next_ms(), None);
}

/// A loopback in real time.
fn real(faults: serde_json::Value) -> Arc<Mutex<SimulatedUart>> {
    let part = uart_loopback(&Map::new()).expect("it has no parameters");
    let mut uart = SimulatedUart::new(part, Clock::start());
    let mut parameters = Map::new();
    parameters.insert("faults".to_owned(), faults);
    uart.inject(Fault::list_counting("call", &parameters, &UART_KINDS).expect("they are right"));
    Arc::new(Mutex::new(uart))
}

fn opened(uart: &Arc<Mutex<SimulatedUart>>) -> SimulatedUartPort {
    let opened = SimulatedUartPort::open(uart, &UartUsage { device: "x", settings: LINE });
    opened.expect("it is free").expect("it is there")
}

#[tokio::test]
async fn a_read_waits_until_bytes_come_and_is_woken_by_what_is_sent_meanwhile() {
    let uart = real(json!([]));
    let port = opened(&uart);
    let sent = async {
        tokio::task::yield_now().await;
        port.write(&[1, 2]).await.expect("it is there");
        port.drain().await.expect("it is there");
        port.set_baud_rate(115_200).await.expect("it is there");
    };
    let patience = Duration::from_secs(50);
    let (read, ()) = tokio::join!(port.read(9, patience), sent);
    let mut read = read.expect("it comes");
    // In real time, the first may have been there alone.
    while read.len() < 2 {
        read.extend(port.read(9, patience).await.expect("it comes"));
    }
    assert_eq!(read, [1, 2]);
    assert_eq!(port.read(9, Duration::from_millis(2)).await, Ok(vec![]));
}

#[tokio::test]
async fn unplugging_ends_what_waits_and_is_told_of() {
    let uart = real(json!([{ "fault": "disconnected", "call": 2 }]));
    let port = opened(&uart);
    let mut watch = SimulatedUartWatch::new(&uart);
    let pulled = async {
        tokio::task::yield_now().await;
        assert_eq!(port.discard().expect_err("it is pulled out").code, UartErrorCode::Disconnected);
    };
    let (read, ()) = tokio::join!(port.read(9, Duration::from_secs(50)), pulled);
    assert_eq!(read.expect_err("it is gone").code, UartErrorCode::Disconnected);
    assert!(!locked(&uart).is_there());
    assert_eq!((watch.next().await, watch.next().await), (UartEvent::Left, UartEvent::Arrived));
    opened(&uart);
}

//! `busbar doctor`: what is missing on this machine, or of what a board needs. It changes nothing and causes no bus traffic.

use crate::compiling::CompilerBeside;
use crate::exit::{EXIT_CODES, Failure};
use crate::output::{Output, Style};
use busbar_core::board::{Board, PlacedEntry, SimulatedAt};
use busbar_core::bus::BusName;
use busbar_core::bus::i2c::linux::{LinuxI2c, diagnose_linux_i2c, explain_missing_i2c_bus};
use busbar_core::bus::i2c::{I2cBackend, I2cUser};
use busbar_core::bus::spi::SpiGrant;
use busbar_core::bus::spi::linux::{diagnose_linux_spi, diagnose_spi_device};
use busbar_core::bus::uart::UartGrant;
use busbar_core::bus::uart::linux::{diagnose_linux_uart, diagnose_uart_port};
use busbar_core::bus::usb::libusb::UsbDiagnosis;
use busbar_core::error::HostError;
use busbar_core::failure::BoardFailure;
use busbar_core::finding::Finding;
use busbar_core::link::DeviceKind;
use busbar_core::simulate::nothing_on_line;
use busbar_core::text::{printable, quoted};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// The most UTF-16 code units of a finding.
const LONGEST_FINDING: usize = 2_000;

/// A board that was opened to be looked at; nothing of it runs.
pub struct OpenedBoard {
    /// As a person named it.
    pub path: String,
    pub board: Arc<Board>,
    /// The bridges and the devices with a driver, and what each drives, or why it cannot.
    pub devices: Vec<(String, Result<DeviceKind, HostError>)>,
}

/// What was looked at, and the exit code that it leads to when it is not well.
pub struct Diagnosis {
    id: String,
    what: String,
    /// What is wrong: the exit code, and the line that mends it where there is one.
    wrong: Option<(u8, Option<String>)>,
}

/// Prints what is missing, and gives the exit code. `compiler` is where new machine code would come from; `board` is what was opened,
/// or why not, where there is a board.
pub fn doctor(compiler: Diagnosis, board: Option<Result<OpenedBoard, Failure>>, output: &Output) -> u8 {
    let mut findings = vec![compiler];
    match board {
        None => {
            let usb = UsbDiagnosis::of_this_machine().everything();
            let buses = diagnose_linux_i2c().into_iter().chain(diagnose_linux_spi()).chain(diagnose_linux_uart());
            findings.extend(buses.chain(usb).map(of_this_machine));
        }
        Some(Ok(opened)) => findings.extend(diagnose_board(&opened)),
        Some(Err(Failure::Board(BoardFailure::Host(error)))) => findings.push(Diagnosis::bad("board", error)),
        Some(Err(other)) => findings.push(Diagnosis::bad("board", HostError::board(other.to_string()))),
    }
    let wrong = findings.iter().filter(|finding| finding.wrong.is_some()).count();
    if output.json() {
        let records: Vec<_> = findings.iter().map(Diagnosis::record).collect();
        output.record(&json!({ "ok": wrong == 0, "findings": records }));
    } else {
        let lines: Vec<_> = findings.iter().map(|finding| finding.describe(output)).collect();
        output.block(&lines.join("\n"));
        output.block(&match wrong {
            0 => "\nNothing is missing.".to_owned(),
            1 => "\nOne thing is wrong.".to_owned(),
            _ => format!("\n{wrong} things are wrong."),
        });
    }
    let code = findings.iter().find_map(|finding| finding.wrong.as_ref()).map_or(0, |(code, _)| *code);
    output.exit_code(code)
}

impl Diagnosis {
    /// Where machine code of new drivers would come from: `found` says it of where the compiler is, and `missing` what it would do.
    /// What runs without it needs none, so that nothing is wrong where there is none.
    pub fn of_compiler(compiler: &CompilerBeside, found: impl FnOnce(&Path) -> String, missing: &str) -> Self {
        Self::good("compiler", compiler.find().map_or_else(|| missing.to_owned(), |path| found(&path)))
    }

    fn good(id: impl Into<String>, what: impl Into<String>) -> Self {
        Self { id: id.into(), what: what.into(), wrong: None }
    }

    fn bad(id: impl Into<String>, error: HostError) -> Self {
        let code = Failure::Board(BoardFailure::Host(error.clone())).exit_code();
        Self { id: id.into(), what: error.message, wrong: Some((code, None)) }
    }

    fn record(&self) -> Value {
        let mut record = Map::new();
        record.insert("id".to_owned(), self.id.as_str().into());
        record.insert("ok".to_owned(), self.wrong.is_none().into());
        record.insert("what".to_owned(), self.what.as_str().into());
        if let Some((code, fix)) = &self.wrong {
            if let Some(fix) = fix {
                record.insert("fix".to_owned(), fix.as_str().into());
            }
            record.insert("code".to_owned(), EXIT_CODES[usize::from(*code)].1.into());
        }
        Value::Object(record)
    }

    fn describe(&self, output: &Output) -> String {
        let what = printable(&self.what, LONGEST_FINDING);
        let Some((_, fix)) = &self.wrong else { return format!("{}  {what}", output.style(Style::Green, "ok ")) };
        let mend = fix.as_ref().map(|fix| {
            let fix = output.style(Style::Bold, &printable(fix, LONGEST_FINDING));
            format!("\n     mend it with: {fix}")
        });
        format!("{}  {what}{}", output.style(Style::Red, "bad"), mend.unwrap_or_default())
    }
}

fn of_this_machine(finding: Finding) -> Diagnosis {
    let backend = 6;
    let wrong = finding.verdict.err().map(|fix| (backend, fix));
    Diagnosis { id: finding.id, what: finding.what, wrong }
}

/// What a board needs: its file, and for each device the driver, the grants and the bus or the USB device.
fn diagnose_board(OpenedBoard { path, board, devices }: &OpenedBoard) -> Vec<Diagnosis> {
    let names: Vec<_> = board.devices.iter().map(|(name, _)| name.as_str()).collect();
    let list = if names.is_empty() { "no device".to_owned() } else { names.join(", ") };
    let mut findings = vec![Diagnosis::good("board", format!("{path} has {list}."))];
    let is_real = |bus: &BusName| !board.simulates_i2c(bus) && board.bridge_of(bus).is_none();
    if board.entries().any(|placed| placed.entry.i2c.as_ref().is_some_and(|grant| is_real(&grant.bus))) {
        findings.extend(diagnose_linux_i2c().into_iter().map(of_this_machine));
    }
    let usb = board.uses_usb().then(UsbDiagnosis::of_this_machine);
    findings.extend(usb.iter().flat_map(UsbDiagnosis::system).map(of_this_machine));
    let known: HashMap<_, _> = devices.iter().map(|(name, kind)| (name.as_str(), kind)).collect();
    for placed in board.entries() {
        let (place, name, entry) = (placed.place(), placed.name, placed.entry);
        if let (Some(kind), Some(driver)) = (known.get(name), &entry.driver) {
            let id = format!("{place}.driver");
            findings.push(match kind {
                Ok(kind) => {
                    let does = match kind {
                        DeviceKind::Bridge => "exports buses".to_owned(),
                        kind => format!("drives a {}", kind.name()),
                    };
                    let what = format!("{name}: {driver} {does}, and all that it imports is granted.");
                    Diagnosis::good(id, what)
                }
                Err(error) => Diagnosis::bad(id, error.clone()),
            });
        }
        if let Some(grant) = &entry.i2c {
            findings.push(diagnose_bus(&placed, &grant.bus, board, path));
        }
        if let Some(grant) = &entry.spi {
            findings.push(diagnose_spi(&placed, grant, board));
        }
        if let Some(grant) = &entry.uart {
            findings.push(diagnose_uart(name, grant, board));
        }
        if let (Some(grant), Some(usb)) = (&entry.usb, &usb) {
            let Finding { id, what, verdict } = usb.grant(grant, &format!("{place}.usb"));
            findings.push(of_this_machine(Finding { id, what: format!("{name}: {what}"), verdict }));
        }
    }
    findings
}

fn diagnose_bus(placed: &PlacedEntry<'_>, bus: &BusName, board: &Board, path: &str) -> Diagnosis {
    let (id, name) = (format!("{}.i2c", placed.place()), placed.name);
    let shown = bus.shown();
    if let Some(bridge) = board.bridge_of(bus) {
        return Diagnosis::good(id, format!("{name}: bus {shown} is behind the bridge \"{bridge}\"."));
    }
    if board.simulates_i2c(bus) {
        return Diagnosis::good(id, format!("{name}: bus {shown} can be used (simulator)."));
    }
    let linux = LinuxI2c::new(Some(path.to_owned()));
    // No target is taken: this only looks.
    match linux.open(bus, &I2cUser { device: name, addresses: &[] }) {
        Ok(Some(_)) => Diagnosis::good(id, format!("{name}: bus {shown} can be used ({}).", linux.name())),
        Ok(None) => Diagnosis::bad(id, HostError::backend(format!("{name}: {}", explain_missing_i2c_bus(bus)))),
        Err(error) => Diagnosis::bad(id, error),
    }
}

/// The device itself is not opened: that would set its mode.
fn diagnose_spi(placed: &PlacedEntry<'_>, grant: &SpiGrant, board: &Board) -> Diagnosis {
    let (id, name) = (format!("{}.spi", placed.place()), placed.name);
    let SpiGrant { bus, chip_select, .. } = grant;
    if let Some(bridge) = board.bridge_of(bus) {
        return Diagnosis::good(id, format!("{name}: SPI bus {} is behind the bridge \"{bridge}\".", bus.shown()));
    }
    if !board.simulates_spi(bus) {
        let Finding { id, what, verdict } = diagnose_spi_device(bus, *chip_select, &id);
        return of_this_machine(Finding { id, what: format!("{name}: {what}"), verdict });
    }
    let at = SimulatedAt::Spi { bus: bus.clone(), chip_select: *chip_select };
    if board.simulate.iter().any(|entry| entry.at == at) {
        let shown = bus.shown();
        return Diagnosis::good(
            id,
            format!("{name}: chip select {chip_select} of SPI bus {shown} can be used (simulator)."),
        );
    }
    Diagnosis::bad(id, nothing_on_line(name, *chip_select))
}

/// The port itself is not opened: that would raise its signals.
fn diagnose_uart(name: &str, UartGrant { port, .. }: &UartGrant, board: &Board) -> Diagnosis {
    let id = format!("devices.{name}.uart");
    if board.simulates_uart(port) {
        return Diagnosis::good(id, format!("{name}: the serial port {} can be used (simulator).", quoted(port)));
    }
    let Finding { id, what, verdict } = diagnose_uart_port(port, &id);
    of_this_machine(Finding { id, what: format!("{name}: {what}"), verdict })
}

use super::session::{BoardOptions, Session};
use busbar_command::exit::Failure;
use busbar_command::output::{Output, now};
use busbar_command::readings::{print_reading, reading_record};
use busbar_command::stop::Stop;
use busbar_command::{Attempt, CatchUp, Kept, Recoveries, WatchLines, keep_reading};
use busbar_core::app::RunsApps;
use busbar_wamr::device::Sensor;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How often to read, and how long.
#[derive(Debug, Clone, Copy)]
pub struct KeepOptions {
    /// Milliseconds from one reading to the next.
    pub every_ms: f64,
    /// How many attempts of each sensor; without end where there is none.
    pub times: Option<u64>,
}

/// How readings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printing {
    /// `watch`: for people, with the extremes at the end; or a record a line.
    Lines,
    /// `run`: each by itself.
    Readings,
}

/// `busbar-wamr watch`: reads sensors side by side until each had its attempts, or a signal ends it.
pub async fn watch(options: &BoardOptions, names: &[String], keep: &KeepOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::open(options, &output)?);
    keep_sensors(session, output, names, keep, Printing::Lines).await
}

/// The same, of a board that is open.
pub async fn keep_sensors(
    session: Rc<Session>,
    output: Arc<Output>,
    names: &[String],
    keep: &KeepOptions,
    printing: Printing,
) -> Result<u8, Failure> {
    let sensors = session.choose_sensors(names)?;
    let closed = session.clone();
    let stop = Stop::of(async move { closed.close().await })?;
    let printer = Rc::new(Printer {
        output: output.clone(),
        session: session.clone(),
        stop: stop.clone(),
        printing,
        lines: RefCell::new(WatchLines::new(output.clone())),
        recoveries: RefCell::new(Recoveries::new(output.clone())),
        failed: Cell::new(false),
    });
    let _catch_up = CatchUp::of(session.trace().clone());
    let mut reading = JoinSet::new();
    for (place, device) in sensors.iter().enumerate() {
        let (session, printer, device, keep) = (session.clone(), printer.clone(), device.clone(), *keep);
        let stop = stop.part();
        reading.spawn_local(async move {
            let KeepOptions { every_ms, times } = keep;
            let kept = Kept { board: &*session, device: &device, every_ms, times, stop: &stop, patient: false };
            let (mut worked, mut never_worked) = (false, None);
            let ended = keep_reading(&kept, |attempt| {
                worked |= matches!(attempt, Attempt::Reading { .. });
                never_worked = match &attempt {
                    Attempt::Failure { failure, .. } if !worked => Some(failure.clone()),
                    _ => None,
                };
                printer.attempt(&device, attempt);
            });
            let given_up = ended.await.err();
            if let Some(failure) = &given_up {
                printer.output.failure(failure, &device, None);
            }
            (place, given_up.or(never_worked))
        });
    }
    let mut failures: Vec<(usize, Option<Failure>)> = reading.join_all().await;
    failures.sort_by_key(|(place, _)| *place);
    session.close().await;
    if printing == Printing::Lines && !output.json() {
        printer.lines.borrow().end(&sensors);
    }
    let failure = failures.into_iter().find_map(|(_, failure)| failure);
    let failed = printer.failed.get() && keep.times.is_some();
    Ok(output.exit_code(failure.map_or(if failed { 7 } else { 0 }, |failure| failure.exit_code())))
}

struct Printer {
    output: Arc<Output>,
    session: Rc<Session>,
    stop: Stop,
    printing: Printing,
    lines: RefCell<WatchLines>,
    recoveries: RefCell<Recoveries>,
    failed: Cell<bool>,
}

impl Printer {
    fn attempt(&self, device: &str, attempt: Attempt<'_, Sensor>) {
        self.recoveries.borrow_mut().attempt(device, &attempt);
        match attempt {
            Attempt::Reading { sensor, values } => self.reading(sensor, values),
            Attempt::Failure { failure, retry_ms } => {
                self.failed.set(true);
                if self.printing == Printing::Lines && !self.output.json() {
                    self.output.device_error(&failure, device);
                } else {
                    self.output.failure(&failure, device, Some(retry_ms));
                }
            }
        }
        if self.output.is_gone() {
            self.stop.now();
        }
    }

    fn reading(&self, sensor: &Sensor, values: &[f64]) {
        match (self.printing, self.output.json()) {
            (Printing::Readings, _) => print_reading(&self.output, sensor, values),
            (Printing::Lines, true) => self.output.record(&reading_record(sensor, values, &now())),
            (Printing::Lines, false) => {
                let wiring = self.session.wiring_of(sensor.name());
                self.lines.borrow_mut().reading(sensor, values, &wiring);
            }
        }
    }
}

use super::BoardOptions;
use crate::exit::Failure;
use crate::keep_all::{KeepOptions, KeptSensors, Listener};
use crate::kept_sensor::Attempt;
use crate::output::{Align, Output, columns, format_value, now};
use crate::readings::{label_of, reading_line, reading_record, what_and_where};
use crate::recovery::Recoveries;
use crate::session::Session;
use crate::stop::Stop;
use busbar_host::device::{Channel, Sensor};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// What `watch` has beside what all commands have.
#[derive(Debug, Clone)]
pub struct WatchOptions {
    pub every_ms: f64,
    pub times: Option<u64>,
}

/// `busbar watch`: one line a reading, and at the end the extremes.
pub async fn watch(options: &BoardOptions, names: &[String], watch: &WatchOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::start(options, &output)?);
    let sensors = session.choose_sensors(names)?;
    let view = Rc::new(View {
        output: output.clone(),
        session: session.clone(),
        introduced: RefCell::default(),
        extremes: RefCell::default(),
        recoveries: RefCell::new(Recoveries::new(output.clone())),
        failed: Cell::new(false),
    });
    let options = KeepOptions {
        stop: Stop::of(session.clone())?,
        session,
        every_ms: watch.every_ms,
        times: watch.times,
        listener: view.clone(),
        follows: false,
    };
    let failures = KeptSensors::start(options, &sensors).end().await;
    view.end(&sensors);
    let failed = view.failed.get() && watch.times.is_some();
    Ok(output.exit_code(failures.first().map_or(if failed { 7 } else { 0 }, Failure::exit_code)))
}

/// The smallest and the largest value of a channel so far.
struct Extremes {
    device: String,
    channel: Channel,
    minimum: f64,
    maximum: f64,
}

struct View {
    output: Arc<Output>,
    session: Rc<Session>,
    introduced: RefCell<Vec<String>>,
    extremes: RefCell<Vec<Extremes>>,
    recoveries: RefCell<Recoveries>,
    failed: Cell<bool>,
}

impl Listener for View {
    fn attempt(&self, device: &str, attempt: Attempt<'_>) {
        self.recoveries.borrow_mut().attempt(device, &attempt);
        match attempt {
            Attempt::Reading { sensor, values } => self.reading(sensor, values),
            Attempt::Failure { failure, .. } => {
                self.failed.set(true);
                self.output.device_error(&failure, device);
            }
        }
    }

    fn given_up(&self, device: &str, failure: &Failure) {
        self.output.failure(failure, device, None);
    }

    fn is_gone(&self) -> bool {
        self.output.is_gone()
    }
}

impl View {
    fn reading(&self, sensor: &Sensor, values: &[f64]) {
        if self.output.json() {
            self.output.record(&reading_record(sensor, values, &now()));
            return;
        }
        if !self.introduced.borrow().iter().any(|each| each == sensor.name()) {
            self.introduced.borrow_mut().push(sensor.name().to_owned());
            let what = what_and_where(&self.output, sensor, &self.session.wiring_of(sensor.name()));
            self.output.block(&format!("{}: {what}", sensor.name()));
        }
        self.note(sensor, values);
        self.output.block(&reading_line(sensor, values, &local_time()));
    }

    fn note(&self, sensor: &Sensor, values: &[f64]) {
        let mut extremes = self.extremes.borrow_mut();
        for (channel, value) in sensor.channels().iter().zip(values) {
            let known =
                extremes.iter_mut().find(|each| each.device == sensor.name() && each.channel.label == channel.label);
            match known {
                Some(known) => {
                    known.minimum = known.minimum.min(*value);
                    known.maximum = known.maximum.max(*value);
                }
                None => extremes.push(Extremes {
                    device: sensor.name().to_owned(),
                    channel: channel.clone(),
                    minimum: *value,
                    maximum: *value,
                }),
            }
        }
    }

    /// In the order in which the devices were asked for.
    fn end(&self, sensors: &[String]) {
        let mut extremes = self.extremes.take();
        extremes.sort_by_key(|each| sensors.iter().position(|name| *name == each.device));
        let row = |each: &Extremes| {
            let value = |value| format_value(&each.channel, value);
            vec![
                each.device.clone(),
                label_of(&each.channel),
                "minimum".to_owned(),
                value(each.minimum),
                "maximum".to_owned(),
                value(each.maximum),
                each.channel.quantity.unit().to_owned(),
            ]
        };
        let rows: Vec<_> = extremes.iter().map(row).collect();
        if !rows.is_empty() {
            use Align::{Left, Right};
            self.output.block(&format!("\n{}", columns(&rows, &[Left, Left, Left, Right, Left, Right, Left])));
        }
    }
}

/// The time of day where the machine is: "17:07:06".
fn local_time() -> String {
    // SAFETY: both functions write to what they are given, which is as large as they expect and lives here.
    let time = unsafe {
        let mut time = std::mem::zeroed::<libc::tm>();
        let now = libc::time(std::ptr::null_mut());
        libc::localtime_r(&raw const now, &raw mut time);
        time
    };
    format!("{:02}:{:02}:{:02}", time.tm_hour, time.tm_min, time.tm_sec)
}

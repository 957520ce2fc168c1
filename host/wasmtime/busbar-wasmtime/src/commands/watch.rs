use super::BoardOptions;
use crate::keep_all::{KeepOptions, KeptSensors, Listener};
use crate::output::{Output, WatchView, WatchViewOptions, now};
use crate::plot_names::PlotNames;
use crate::session::{Session, closing};
use busbar_command::Attempt;
use busbar_command::Recoveries;
use busbar_command::exit::Failure;
use busbar_command::readings::reading_record;
use busbar_command::stop::{Stop, listen_for};
use busbar_command::{WatchLines, local_time};
use busbar_host::device::Sensor;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tokio::signal::unix::SignalKind;

/// What `watch` has beside what all commands have.
#[derive(Debug, Clone)]
pub struct WatchOptions {
    pub every_ms: f64,
    pub times: Option<u64>,
    /// How far the plots go back.
    pub minutes: u64,
    /// Which channels to plot; all that fit where there is none.
    pub plots: Option<Vec<String>>,
}

/// `busbar watch`: in a terminal a table and plots that are drawn in place; elsewhere one line a reading, and at the end the
/// extremes.
pub async fn watch(options: &BoardOptions, names: &[String], watch: &WatchOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::start(options, &output)?);
    let sensors = session.choose_sensors(names)?;
    let plot_names = PlotNames::new(watch.plots.as_deref().unwrap_or_default(), &sensors)?;
    let stop = Stop::of(closing(session.clone()))?;
    let view = Rc::new(View {
        view: RefCell::new(WatchView::new(WatchViewOptions {
            title: busbar_host::text::printable(&options.path, 200),
            devices: sensors.iter().map(|name| (name.clone(), session.wiring_of(name))).collect(),
            window_ms: watch.minutes as f64 * 60e3,
            plots: watch.plots.clone(),
        })),
        is_live: output.is_terminal() && !output.json(),
        output: output.clone(),
        session: session.clone(),
        stop: stop.clone(),
        plot_names: RefCell::new(plot_names),
        misused: RefCell::default(),
        lines: RefCell::new(WatchLines::new(output.clone())),
        sensors: sensors.clone(),
        recoveries: RefCell::new(Recoveries::new(output.clone())),
        failed: Cell::new(false),
    });
    if view.is_live {
        output.begin_frame();
        redraw_on_resize(view.clone())?;
        let shown = output.clone();
        view.stop.on_stopping(move || shown.show_cursor());
    }
    let options = KeepOptions {
        session,
        stop,
        every_ms: watch.every_ms,
        times: watch.times,
        listener: view.clone(),
        follows: false,
    };
    let failures = KeptSensors::start(options, &sensors).end().await;
    view.end();
    if let Some(misused) = view.misused.take() {
        return Err(misused);
    }
    let failed = view.failed.get() && watch.times.is_some();
    Ok(output.exit_code(failures.first().map_or(if failed { 7 } else { 0 }, Failure::exit_code)))
}

fn redraw_on_resize(view: Rc<View>) -> Result<(), Failure> {
    let mut resized = listen_for(SignalKind::window_change())?;
    tokio::task::spawn_local(async move {
        while resized.recv().await.is_some() {
            view.draw();
        }
    });
    Ok(())
}

struct View {
    view: RefCell<WatchView>,
    /// Whether it is drawn in place.
    is_live: bool,
    output: Arc<Output>,
    session: Rc<Session>,
    stop: Stop,
    plot_names: RefCell<PlotNames>,
    /// What `--plot` names and no sensor has.
    misused: RefCell<Option<Failure>>,
    /// Where it is not drawn in place.
    lines: RefCell<WatchLines>,
    sensors: Vec<String>,
    recoveries: RefCell<Recoveries>,
    failed: Cell<bool>,
}

impl Listener for View {
    fn attempt(&self, device: &str, attempt: Attempt<'_, Sensor>) {
        self.failed.set(self.failed.get() || matches!(attempt, Attempt::Failure { .. }));
        self.recoveries.borrow_mut().attempt(device, &attempt);
        match attempt {
            Attempt::Reading { sensor, values } => self.reading(sensor, values),
            Attempt::Failure { failure, retry_ms } => self.failure(device, &failure, retry_ms),
        }
        self.draw();
    }

    fn given_up(&self, device: &str, failure: &Failure) {
        if self.is_live {
            self.view.borrow_mut().given_up(device, failure);
            self.draw();
        } else {
            self.output.failure(failure, device, None);
        }
    }

    fn is_gone(&self) -> bool {
        self.output.is_gone()
    }
}

impl View {
    fn reading(&self, sensor: &Sensor, values: &[f64]) {
        if let Err(misused) = self.plot_names.borrow_mut().check(sensor) {
            *self.misused.borrow_mut() = Some(misused);
            self.stop.now();
            return;
        }
        if self.output.json() {
            self.output.record(&reading_record(sensor, values, &now()));
            return;
        }
        let time_ms = self.session.board.clock().now_ms();
        self.view.borrow_mut().reading(sensor, values, time_ms, &self.output);
        if !self.is_live {
            let wiring = self.session.wiring_of(sensor.name());
            self.lines.borrow_mut().reading(sensor, values, &wiring);
        }
    }

    fn failure(&self, device: &str, failure: &Failure, retry_ms: f64) {
        let time_ms = self.session.board.clock().now_ms();
        match (self.is_live, self.output.json()) {
            (true, _) => self.view.borrow_mut().failure(device, failure, retry_ms, time_ms),
            (false, true) => self.output.failure(failure, device, Some(retry_ms)),
            (false, false) => self.output.device_error(failure, device),
        }
    }

    fn draw(&self) {
        if self.is_live {
            self.output.draw(|size| self.view.borrow().render(size, &local_time(), &self.output));
        }
    }

    fn end(&self) {
        if self.is_live {
            self.output.end_frame();
            return;
        }
        self.lines.borrow().end(&self.sensors);
    }
}

use super::BoardOptions;
use crate::exit::Failure;
use crate::keep_all::{Listener, keep_reading_all};
use crate::kept_sensor::Attempt;
use crate::output::Output;
use crate::readings::print_reading;
use crate::recovery::Recoveries;
use crate::session::Session;
use busbar_host::error::HostError;
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::JoinSet;

/// What `run` has beside what all commands have.
#[derive(Debug, Clone)]
pub struct RunOptions {
    pub every_ms: f64,
    pub once: bool,
}

/// `busbar run`: keeps all sensors of a board open and prints one line a reading.
pub async fn run(options: &BoardOptions, run: &RunOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::start(options, &output)?);
    if let Some((app, _)) = session.board.board().apps.first() {
        let message = format!(
            "{}: this host runs no apps, and the board has \"{app}\"; run it with the host for Node, or read its sensors with \"watch\".",
            options.path
        );
        return Err(HostError::component(message).into());
    }
    let sensors = session.choose_sensors(&[])?;
    if run.once {
        return Ok(read_once(session, sensors, output).await);
    }
    let recoveries = RefCell::new(Recoveries::new(output.clone()));
    let printer = Rc::new(Printer { output, recoveries });
    let failures = keep_reading_all(session, &sensors, run.every_ms, None, printer).await?;
    Ok(failures.first().map_or(0, Failure::exit_code))
}

struct Printer {
    output: Arc<Output>,
    recoveries: RefCell<Recoveries>,
}

impl Listener for Printer {
    fn attempt(&self, device: &str, attempt: Attempt<'_>) {
        self.recoveries.borrow_mut().attempt(device, &attempt);
        match attempt {
            Attempt::Reading { sensor, values } => print_reading(&self.output, sensor, values),
            Attempt::Failure { failure, retry_ms } => self.output.failure(&failure, device, Some(retry_ms)),
        }
    }

    fn given_up(&self, device: &str, failure: &Failure) {
        self.output.failure(failure, device, None);
    }

    fn is_gone(&self) -> bool {
        self.output.is_gone()
    }
}

/// Prints one reading of each sensor. The exit code is that of the first that failed.
async fn read_once(session: Rc<Session>, sensors: Vec<String>, output: Arc<Output>) -> u8 {
    let mut reading = JoinSet::new();
    for device in sensors {
        let (session, output) = (session.clone(), output.clone());
        reading.spawn_local(async move {
            let read = async {
                let mut sensor = session.board.sensor(&device).await?;
                let values = sensor.read().await;
                if let Ok(values) = &values {
                    print_reading(&output, &sensor, values);
                }
                // What fails now has been read all the same.
                let _ = sensor.close().await;
                values.map(drop).map_err(|error| Failure::Board(error.into()))
            };
            read.await.inspect_err(|failure: &Failure| output.error(failure, json!({ "device": device }))).err()
        });
    }
    let mut code = 0;
    while let Some(ended) = reading.join_next().await {
        if let (Ok(Some(failure)), 0) = (ended, code) {
            code = failure.exit_code();
        }
    }
    session.board.close().await;
    code
}

use busbar_command::board::{
    backends, cache_problems_told_on, choose_sensors, one_app, refused_devices, tell_unenforced, told_on, unenforce,
    wiring_of,
};
use busbar_command::exit::Failure;
use busbar_command::output::{Output, OutputOptions};
use busbar_core::app::{Ended, RunOptions, RunsApps};
use busbar_core::bus::usb::libusb::Libusb;
use busbar_core::clock::Clock;
use busbar_core::device::OpensSensors;
use busbar_core::failure::{AppFailure, BoardFailure};
use busbar_core::trace::Trace;
use busbar_wamr::board::{folder_of_board, parse_board, read_board_text};
use busbar_wamr::device::Sensor;
use busbar_wamr::engine::code_of_user;
use busbar_wamr::models::BoardModels;
use busbar_wamr::{OpenBoard, OpenOptions};
use std::path::Path;
use std::sync::Arc;

/// What the commands that run a board have in common.
#[derive(Debug, Clone, Default)]
pub struct BoardOptions {
    /// The board file.
    pub path: String,
    pub output: OutputOptions,
    /// Whether no entry is enforced.
    pub complain: bool,
}

/// A board opened for a command.
pub struct Session {
    pub board: OpenBoard,
    path: String,
}

impl Session {
    /// Opens a board: with the simulator if it has something to simulate, and with denials and warnings told on stderr. Nothing
    /// runs yet.
    ///
    /// # Errors
    ///
    /// When the board file is wrong. A device that is refused is not an error here: who asks for it is told why.
    pub fn open(options: &BoardOptions, output: &Arc<Output>) -> Result<Self, Failure> {
        let BoardOptions { path, complain, .. } = options;
        let file = Path::new(path);
        let mut board = parse_board(&read_board_text(file)?, path)?;
        if *complain {
            unenforce(&mut board);
        }
        let kept = code_of_user(cache_problems_told_on(output.clone()));
        let mut models = BoardModels::new(folder_of_board(file), &kept, Clock::start());
        let options = OpenOptions {
            buses: backends(&board, path, &mut models)?,
            usb: vec![Arc::new(Libusb::new(Some(path.to_owned())))],
            listener: told_on(output.clone()),
            folder: folder_of_board(file),
            file: Some(file),
            kept: &kept,
        };
        let board = OpenBoard::open(board, &options)?;
        tell_unenforced(board.uses(), output);
        Ok(Self { board, path: path.clone() })
    }

    /// The sensors that a command is about.
    ///
    /// # Errors
    ///
    /// When a name is unknown or no sensor, or there is no sensor at all.
    pub fn choose_sensors(&self, names: &[String]) -> Result<Vec<String>, Failure> {
        choose_sensors(&self.path, self.board.devices(), names)
    }

    /// The devices that were refused, and why, in the order of the board file.
    pub fn refused_devices(&self) -> Vec<(String, Failure)> {
        refused_devices(self.board.devices())
    }

    /// The names of its apps, in the order of the board file.
    pub fn apps(&self) -> Vec<String> {
        self.board.board().apps.iter().map(|(app, _)| app.clone()).collect()
    }

    /// The one app of the board. `why` goes before "for a board with one".
    ///
    /// # Errors
    ///
    /// Where it has none, or several.
    pub fn one_app(&self, why: &str) -> Result<String, Failure> {
        one_app(&self.path, &self.board.board(), why)
    }

    /// Where a device is, for people.
    pub fn wiring_of(&self, device: &str) -> String {
        wiring_of(&self.board.board(), device)
    }
}

impl OpensSensors for Session {
    type Sensor = Sensor;

    async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        self.board.sensor(name).await
    }
}

impl RunsApps for Session {
    async fn run(&self, name: &str, options: RunOptions, stop: impl Future<Output = ()>) -> Result<Ended, AppFailure> {
        self.board.run(name, options, stop).await
    }

    async fn close(&self) {
        self.board.close().await;
    }

    fn trace(&self) -> &Trace {
        self.board.trace()
    }
}

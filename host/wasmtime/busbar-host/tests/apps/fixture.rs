//! A board in a folder of its own, opened with simulated registers, and what comes of running its apps.

use crate::printed::Printed;
use crate::workspace_files::{TemporaryFolder, open_board};
use busbar_host::OpenBoard;
use busbar_host::app::{AppFailure, Ended};
use busbar_host::board::parse_board;
use busbar_host::trace::{BoardEvent, Turn};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// An open board, and what it told.
pub struct Fixture {
    pub board: OpenBoard,
    events: Arc<Mutex<Vec<BoardEvent>>>,
    _folder: TemporaryFolder,
}

impl Fixture {
    /// Writes components to files of these names, and opens a board beside them.
    pub fn open(board: &Value, components: &[(&str, Vec<u8>)]) -> Self {
        let folder = TemporaryFolder::with(components);
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let events: Arc<Mutex<Vec<BoardEvent>>> = Arc::default();
        let told = events.clone();
        let listener =
            Arc::new(move |event: &BoardEvent| told.lock().expect("nobody panics with it").push(event.clone()));
        let simulated = board.simulate.clone();
        let board = open_board(board, folder.path(), &simulated, Vec::new(), listener);
        Self { board, events, _folder: folder }
    }

    /// Runs an app to its end, and gives what it printed.
    pub async fn run(&self, app: &str) -> Result<String, AppFailure> {
        let printed = Arc::new(Printed::default());
        let ended = self.board.run(app, printed.options(), std::future::pending()).await?;
        assert_eq!(ended, Ended::Well);
        Ok(printed.text())
    }

    /// Runs an app until it has printed so much, and ends it then.
    pub async fn run_until(&self, app: &str, length: usize) -> String {
        let printed = Arc::new(Printed::default());
        let ended = self.board.run(app, printed.options(), printed.reached(length)).await;
        assert_eq!(ended, Ok(Ended::Stopped));
        printed.text()
    }

    /// Whose drivers trapped, and why.
    pub fn trapped(&self) -> Vec<String> {
        let events = self.events.lock().expect("nobody panics with it");
        let traps = events.iter().filter_map(|event| match event {
            BoardEvent::Lifecycle(turn) if turn.event == Turn::Trapped => {
                Some(format!("{}: {}", turn.device, turn.reason.as_deref().unwrap_or_default()))
            }
            _ => None,
        });
        traps.collect()
    }
}

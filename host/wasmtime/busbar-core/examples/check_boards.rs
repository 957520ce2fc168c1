//! Checks boards for host/core/test/board-fuzz.ts, which compares both hosts: each line that comes in is the text of a board
//! file as a JSON string; each line that goes out is `{"refuse": sentence}` or `{"accept": normal form}`.

#[path = "../tests/support/normal_form.rs"]
mod normal_form;

use busbar_core::board::parse_board;
use normal_form::normal_form;
use serde_json::json;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        let verdict = match parse_board(&text, "board.json") {
            Ok(board) => json!({ "accept": normal_form(&board) }),
            Err(error) => json!({ "refuse": error.message }),
        };
        writeln!(output, "{verdict}")?;
        output.flush()?;
    }
    Ok(())
}

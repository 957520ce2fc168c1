use super::Failure;
use super::board::open;
use super::figures;
use std::path::Path;

/// One figure of a board with sensors, of which the first is called "first".
pub async fn measure(what: &str, path: &Path) -> Result<f64, Failure> {
    let board = open(path, Vec::new())?;
    let names: Vec<String> = board.devices().into_iter().map(|(name, _)| name).collect();
    figures::measure(what, &board, &names).await
}

/// Shows a text on the display "first", which a program in C does as well.
pub async fn show(path: &Path, text: &str) -> Result<(), Failure> {
    let board = open(path, Vec::new())?;
    board.text_display("first").await?.write(0, 0, text).await?;
    println!("{text}");
    Ok(())
}

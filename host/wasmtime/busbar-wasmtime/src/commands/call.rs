use super::BoardOptions;
use crate::output::Output;
use crate::session::Session;
use busbar_command::exit::Failure;
use busbar_host::device::{Argument, CallableComponent, CallableFunction};
use busbar_host::text::{printable, quoted};
use serde_json::{Value, json};
use std::sync::Arc;

/// In UTF-16 code units.
const LONGEST_RESULT: usize = 100_000;
/// Long enough for a name, and for an argument.
const LONGEST_NAME: usize = 200;

/// `busbar call`: calls a function of a component of others, within its entry of the board, and prints the result as JSON.
/// Without a function, lists them. `operands` are the component's name, the function's, and its arguments.
pub async fn call(options: &BoardOptions, operands: &[String]) -> Result<u8, Failure> {
    let Some((name, rest)) = operands.split_first() else {
        return Err(Failure::Usage("name the component, as in \"devices\" of the board.".to_owned()));
    };
    let output = Arc::new(Output::new(options.output));
    let session = Session::start(options, &output)?;
    let component = session.board.component(name).await?;
    let done = match rest.split_first() {
        None => {
            list(&component, &output);
            Ok(())
        }
        Some((wanted, written)) => call_one(&component, wanted, written, &output).await,
    };
    session.board.close().await;
    done.map(|()| output.exit_code(0))
}

fn list(component: &CallableComponent, output: &Output) {
    let names: Vec<String> = component.functions().iter().map(CallableFunction::name).collect();
    if output.json() {
        output.record(&json!({ "functions": names }));
    } else {
        let names: Vec<String> = names.iter().map(|name| printable(name, LONGEST_NAME)).collect();
        output.block(&names.join("\n"));
    }
}

async fn call_one(
    component: &CallableComponent,
    wanted: &str,
    written: &[String],
    output: &Output,
) -> Result<(), Failure> {
    let function = choose(component.functions(), wanted)?;
    let arguments = written.iter().map(|each| argument(each)).collect::<Result<Vec<_>, _>>()?;
    let result = component.call(function, &arguments).await?.unwrap_or(Value::Null);
    if output.json() {
        output.record(&json!({ "result": result }));
    } else {
        output.block(&printable(output.record_text(&result).trim_end(), LONGEST_RESULT));
    }
    Ok(())
}

/// The function that a person means: "get-temperature", or "hts/get-temperature" where several interfaces have it.
fn choose<'a>(functions: &'a [CallableFunction], wanted: &str) -> Result<&'a CallableFunction, Failure> {
    let is_wanted = |each: &&CallableFunction| {
        let name = each.name();
        name == wanted || name.ends_with(&format!("/{wanted}"))
    };
    let found: Vec<&CallableFunction> = functions.iter().filter(is_wanted).collect();
    if let [only] = found[..] {
        return Ok(only);
    }
    let (what, choice) = if found.is_empty() {
        ("no function of it", functions.iter().collect())
    } else {
        ("more than one function", found)
    };
    let names: Vec<String> = choice.iter().map(|each| printable(&each.name(), LONGEST_NAME)).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let wanted = printable(&quoted(wanted), LONGEST_NAME);
    Err(Failure::Usage(format!("{wanted} is {what}; choose from: {names}.")))
}

fn argument(written: &str) -> Result<Argument, Failure> {
    match written {
        "i2c" => Ok(Argument::I2c),
        "delay" => Ok(Argument::Delay),
        "address" => Ok(Argument::Address),
        _ => serde_json::from_str(written).map(Argument::Json).map_err(|_| {
            Failure::Usage(format!(
                "the argument {} is no JSON; write a text as '\"text\"', or i2c, delay or address.",
                printable(written, LONGEST_NAME)
            ))
        }),
    }
}

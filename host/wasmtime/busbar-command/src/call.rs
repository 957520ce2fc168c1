//! `busbar call`: a function of a switch, a contact, or a component of others, within its entry of the board.

mod contact;
mod switch;

pub use contact::call_contact;
pub use switch::call_switch;

use crate::exit::Failure;
use crate::output::Output;
use busbar_core::callable::{Argument, CallableFunction, CallsFunctions};
use busbar_core::text::{printable, quoted};
use serde_json::{Value, json};

/// In UTF-16 code units.
const LONGEST_RESULT: usize = 100_000;
/// Long enough for a name, and for an argument.
const LONGEST_NAME: usize = 200;

/// The component's name among what the command was given, and what comes after it.
///
/// # Errors
///
/// When it was given nothing.
pub fn named_component(operands: &[String]) -> Result<(&String, &[String]), Failure> {
    let missing = || Failure::Usage("name the component, as in \"devices\" of the board.".to_owned());
    operands.split_first().ok_or_else(missing)
}

/// Calls a function, and prints the result as JSON. Without a function, lists them. `operands` are the function's name, and its
/// arguments.
///
/// # Errors
///
/// When there is no such function, or an argument is no JSON; and why the call gave no value.
pub async fn call_or_list(
    component: &impl CallsFunctions,
    operands: &[String],
    output: &Output,
) -> Result<(), Failure> {
    match operands.split_first() {
        None => {
            list(component, output);
            Ok(())
        }
        Some((wanted, written)) => call_one(component, wanted, written, output).await,
    }
}

fn list(component: &impl CallsFunctions, output: &Output) {
    let names: Vec<String> = component.functions().iter().map(CallableFunction::name).collect();
    if output.json() {
        output.record(&json!({ "functions": names }));
    } else {
        let names: Vec<String> = names.iter().map(|name| printable(name, LONGEST_NAME)).collect();
        output.block(&names.join("\n"));
    }
}

async fn call_one(
    component: &impl CallsFunctions,
    wanted: &str,
    written: &[String],
    output: &Output,
) -> Result<(), Failure> {
    let function = choose(component.functions(), wanted)?;
    let arguments =
        written.iter().map(|each| argument(each, component.takes_handles())).collect::<Result<Vec<_>, _>>()?;
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

fn argument(written: &str, takes_handles: bool) -> Result<Argument, Failure> {
    match written {
        "i2c" if takes_handles => Ok(Argument::I2c),
        "delay" if takes_handles => Ok(Argument::Delay),
        "address" if takes_handles => Ok(Argument::Address),
        _ => serde_json::from_str(written).map(Argument::Json).map_err(|_| {
            let or_word = if takes_handles { ", or i2c, delay or address" } else { "" };
            Failure::Usage(format!(
                "the argument {} is no JSON; write a text as '\"text\"'{or_word}.",
                printable(written, LONGEST_NAME)
            ))
        }),
    }
}

/// What a person wrote first.
fn first(arguments: &[Argument]) -> Option<&Value> {
    match arguments.first() {
        Some(Argument::Json(value)) => Some(value),
        _ => None,
    }
}

/// Functions for a person, by their names.
fn functions_named(names: &[&str]) -> Vec<CallableFunction> {
    names.iter().map(|name| CallableFunction { interface: None, function: (*name).to_owned() }).collect()
}

//! What the Rust clients of the compatibility suite share: the talk with the suite on stdin and stdout (here), the
//! scenarios, and what they need of a client library (client.rs).

pub mod client;
mod groups;
mod member_of;
mod records;
mod scenarios;
mod steps;
mod topics;
mod transactions;

use std::io::{BufRead, Write};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use client::{Client, Error};
use serde_json::{Value, json};

/// Why a scenario ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    Unsupported(String),
    Skipped(String),
    Failed(String),
}

pub(crate) type Step<T = ()> = Result<T, Stop>;

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Unsupported(reason) => Stop::Unsupported(reason.into()),
            Error::Failed { text, .. } => Stop::Failed(text),
        }
    }
}

/// One run of one scenario: the client, the names.
pub(crate) struct Scenario {
    pub client: Arc<dyn Client>,
    pub topic: String,
    pub group: String,
    pub bootstrap: String,
}

impl Scenario {
    /// Has the suite do something to the broker.
    pub fn ask(&self, deed: Value) -> Step {
        tell(&deed);
        let mut line = String::new();
        let answer: Value = match std::io::stdin().lock().read_line(&mut line) {
            Ok(_) => serde_json::from_str(&line).map_err(|error| Stop::Failed(error.to_string()))?,
            Err(error) => return Err(Stop::Failed(error.to_string())),
        };
        match answer.get("refused").and_then(Value::as_str) {
            Some(reason) => Err(Stop::Skipped(reason.into())),
            None => Ok(()),
        }
    }
}

/// Plays the scenarios that the command line names, one after the other.
pub fn run(open: fn(&str) -> client::Result<Arc<dyn Client>>) {
    let mut bootstrap = String::new();
    let mut prefix = "compat".to_string();
    let mut member_of = None;
    let mut names = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bootstrap" => bootstrap = arguments.next().unwrap_or_default(),
            "--prefix" => prefix = arguments.next().unwrap_or_default(),
            "--member-of" => member_of = arguments.next(),
            _ => names.push(argument),
        }
    }
    let client = open(&bootstrap).expect("the client opens");
    if let Some(group) = member_of {
        member_of::live(client.as_ref(), group, &names[0]);
    }
    for name in names {
        let topic = format!("{prefix}-{name}");
        let group = format!("{topic}-group");
        play(&name, Scenario { client: client.clone(), topic, group, bootstrap: bootstrap.clone() });
    }
    // What threads of a library still do is of no interest.
    std::process::exit(0);
}

fn play(name: &str, scenario: Scenario) {
    let began = Instant::now();
    let (done, waits) = mpsc::channel();
    let steps = scenarios::named(name);
    std::thread::spawn(move || {
        let outcome = match steps {
            Some(steps) => steps(&scenario),
            None => Err(Stop::Unsupported("the Rust clients have no such scenario".into())),
        };
        done.send(outcome)
    });
    let (outcome, message) = match waits.recv_timeout(limit_of(name)) {
        Ok(Ok(())) => ("passed", String::new()),
        Ok(Err(Stop::Unsupported(reason))) => ("unsupported", reason),
        Ok(Err(Stop::Skipped(reason))) => ("skipped", reason),
        Ok(Err(Stop::Failed(reason))) => ("failed", reason),
        Err(_) => ("failed", "it panicked, or was not done in time".into()),
    };
    let ms = began.elapsed().as_millis() as u64;
    tell(&json!({ "scenario": name, "outcome": outcome, "ms": ms, "message": message }));
}

fn limit_of(name: &str) -> Duration {
    let slow = ["group-", "static-", "cooperative-", "consumer-protocol", "idempotent-", "partitions-added", "error-fenced"];
    let slowest = ["batch-100k", "broker-", "leader-change"];
    let is_one_of = |beginnings: &[&str]| beginnings.iter().any(|beginning| name.starts_with(beginning));
    Duration::from_secs(if is_one_of(&slowest) {
        240
    } else if is_one_of(&slow) {
        90
    } else {
        60
    })
}

fn tell(line: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the suite listens");
}

//! A member in a process of its own, which can die without a word: the program starts itself with other arguments.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::client::{Client, MemberOptions};
use crate::{Scenario, Step, Stop};

pub const SESSION_TIMEOUT: Duration = Duration::from_secs(6);

/// Ends when its parent closes stdin, at the latest.
pub fn live(client: &dyn Client, group: String, topic: &str) -> ! {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let options = MemberOptions {
        group,
        topic: topic.into(),
        client_id: "child",
        session_timeout: SESSION_TIMEOUT,
        ..MemberOptions::default()
    };
    let mut member = client.join(&options).expect("the member joins");
    loop {
        member.read().expect("the member reads");
    }
}

/// The process of the member, killed when this is dropped.
pub struct ChildMember(Child);

impl ChildMember {
    pub fn start(s: &Scenario) -> Step<Self> {
        let program = std::env::current_exe().map_err(|error| Stop::Failed(error.to_string()))?;
        let mut command = Command::new(program);
        command.args(["--bootstrap", &s.bootstrap, "--member-of", &s.group, &s.topic]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        child.map(Self).map_err(|error| Stop::Failed(error.to_string()))
    }
}

impl Drop for ChildMember {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

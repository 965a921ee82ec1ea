//! Transactions, and records that are sent while the suite does something to the broker.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Error, Producer, ProducerOptions, ReaderOptions, Record};
use crate::steps::{PATIENCE, by_partition, equal, is_fenced, numbered, poll, read_for, read_from, read_through, require, spread, values_of};
use crate::{Scenario, Step, Stop};

const FENCED_CODES: [i32; 3] = [47, 51, 90];

fn transactional(s: &Scenario) -> Step<Box<dyn Producer>> {
    let transactional_id = Some(format!("{}-tx", s.topic));
    Ok(s.client.new_producer(&ProducerOptions { transactional_id, ..s.producer_options() })?)
}

fn committed_values(s: &Scenario, count: usize) -> Step<Vec<String>> {
    Ok(values_of(&s.read_with(ReaderOptions { read_committed: true, ..s.reader_options() }, count)?))
}

pub fn txn_commit(s: &Scenario) -> Step {
    s.create_topic(2, &[])?;
    let producer = transactional(s)?;
    let records = spread(numbered("value", 0..10), 2);
    producer.begin()?;
    producer.send(&records)?;
    producer.send_offset(&s.group, &s.topic, 0, 7)?;
    producer.commit()?;
    let start = [(0, crate::client::EARLIEST), (1, crate::client::EARLIEST)].into();
    let options = ReaderOptions { start, read_committed: true, ..s.reader_options() };
    let found = by_partition(&s.read_with(options, 10)?);
    for (partition, sent) in by_partition(&records) {
        equal("values of a partition", values_of(&found[&partition]), values_of(&sent))?;
    }
    equal("committed", s.client.committed(&s.group, &s.topic, 0)?, Some(7))
}

pub fn txn_abort(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let producer = transactional(s)?;
    producer.begin()?;
    producer.send(&numbered("dropped", 0..10))?;
    producer.send_offset(&s.group, &s.topic, 0, 7)?;
    producer.abort()?;
    producer.begin()?;
    producer.send(&numbered("kept", 0..5))?;
    producer.commit()?;
    let kept = values_of(&numbered("kept", 0..5));
    equal("read_committed", committed_values(s, 5)?, kept.clone())?;
    let all = [values_of(&numbered("dropped", 0..10)), kept].concat();
    equal("read_uncommitted", values_of(&s.read(15)?), all)?;
    let committed = s.client.committed(&s.group, &s.topic, 0)?;
    require(committed.is_none_or(|offset| offset < 0), format!("the group has committed {committed:?}"))
}

pub fn txn_fence(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let record = |value: &str| Record { value: Some(value.into()), ..Record::default() };
    let one = transactional(s)?;
    one.begin()?;
    one.send(&[record("old")])?;
    let two = transactional(s)?;
    two.begin()?;
    match one.commit() {
        Ok(()) => return Err(Stop::Failed("the commit of the first was not refused".into())),
        Err(error) => require(is_fenced(&error, &FENCED_CODES), format!("refused otherwise: {error:?}"))?,
    }
    two.send(&[record("new")])?;
    two.commit()?;
    equal("read_committed", committed_values(s, 1)?, vec!["new".into()])
}

pub fn read_committed(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let producer = transactional(s)?;
    producer.begin()?;
    producer.send(&numbered("open", 0..5))?;
    s.send(&numbered("plain", 0..5))?;
    let all = [values_of(&numbered("open", 0..5)), values_of(&numbered("plain", 0..5))].concat();
    equal("read_uncommitted", values_of(&s.read(10)?), all.clone())?;
    let mut reader = s.client.new_reader(&ReaderOptions { read_committed: true, ..s.reader_options() })?;
    equal("read before the commit", read_for(reader.as_mut(), Duration::from_secs(2))?, vec![])?;
    producer.commit()?;
    equal("read_committed", values_of(&read_from(reader.as_mut(), 10)?), all)?;
    Ok(reader.close()?)
}

/// Has the suite do something while the records are under way.
fn while_sending(s: &Scenario, producer: &dyn Producer, records: &[Record], deed: Value) -> Step {
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| producer.send(records));
        s.ask(deed)?;
        Ok(sender.join().unwrap_or(Err(Error::Failed { code: None, text: "the sender panicked".into() }))?)
    })
}

pub fn idempotent_disconnects(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let producer = s.client.new_producer(&ProducerOptions { idempotent: true, ..s.producer_options() })?;
    let records = numbered("value", 0..2000);
    producer.send(&records[..500])?;
    for hundreds in records[500..].chunks(500) {
        while_sending(s, producer.as_ref(), hundreds, json!({ "ask": "drop-connections" }))?;
    }
    equal("values", s.everything(2000)?, values_of(&records))
}

pub fn broker_comes_back(s: &Scenario, deed: &str) -> Step {
    s.create_topic(1, &[])?;
    let producer = s.client.new_producer(&ProducerOptions { idempotent: true, ..s.producer_options() })?;
    let mut member = s.join()?;
    let records = numbered("value", 0..1000);
    producer.send(&records[..500])?;
    poll("the member reads 500", PATIENCE, [member.as_mut()], |_, seen| seen.len() >= 500)?;
    member.commit(&s.topic, 0, 500)?;
    s.ask(json!({ "ask": deed }))?;
    producer.send(&records[500..])?;
    let mut seen = HashSet::new();
    read_through(member.as_mut(), Duration::from_secs(60), |more| {
        seen.extend(values_of(&more));
        records[500..].iter().all(|one| seen.contains(&values_of(std::slice::from_ref(one))[0]))
    })?;
    equal("values", s.everything(1000)?, values_of(&records))?;
    Ok(member.close()?)
}

pub fn leader_change(s: &Scenario) -> Step {
    s.create_named(&s.topic, 1, 3, &[("min.insync.replicas", "2")])?;
    let producer = s.client.new_producer(&ProducerOptions { idempotent: true, ..s.producer_options() })?;
    let mut reader = s.client.new_reader(&s.reader_options())?;
    let records = numbered("value", 0..400);
    producer.send(&records[..100])?;
    for hundred in records[100..].chunks(100) {
        while_sending(s, producer.as_ref(), hundred, json!({ "ask": "move-leader", "topic": s.topic }))?;
    }
    let mut seen = Vec::new();
    read_through(reader.as_mut(), Duration::from_secs(60), |more| {
        seen.extend(more);
        seen.last().is_some_and(|one| one.value.as_deref() == Some(b"value-399"))
    })?;
    equal("values of the first reader", values_of(&seen), values_of(&records))?;
    equal("values of a new reader", s.everything(400)?, values_of(&records))
}

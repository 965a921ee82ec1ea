//! Members of groups, and offsets of groups.

use std::time::{Duration, Instant};

use crate::client::{MemberOptions, ProducerOptions, Record};
use crate::member_of::{ChildMember, SESSION_TIMEOUT};
use crate::steps::{
    PATIENCE, QUIET, equal, is_fenced, numbered, poll, poll_for, read_as, spread, until_has, until_shared, values_of,
};
use crate::{Scenario, Step, Stop};

const FENCED_INSTANCE_ID: i32 = 82;

pub fn offset_reset(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let producer = s.producer()?;
    producer.send(&numbered("value", 0..10))?;
    let mut member = s.client.join(&MemberOptions { at_end: true, ..s.member_options() })?;
    let mut last_probe = None::<Instant>;
    let mut seen = poll("the member sees a probe", PATIENCE, [member.as_mut()], |_, records| {
        if last_probe.is_none_or(|at| at.elapsed() > Duration::from_secs(1)) {
            let _ = producer.send(&numbered("probe", 0..1));
            last_probe = Some(Instant::now());
        }
        !records.is_empty()
    })?;
    producer.send(&numbered("value", 10..20))?;
    let has_last = |records: &[Record]| records.last().is_some_and(|one| one.value.as_deref() == Some(b"value-19"));
    seen.extend(poll("the member sees the last", PATIENCE, [member.as_mut()], |_, records| has_last(records))?);
    let values = values_of(&seen).into_iter().filter(|value| !value.starts_with("probe")).collect();
    equal("values", values, values_of(&numbered("value", 10..20)))?;
    Ok(member.close()?)
}

pub fn commit_and_resume(s: &Scenario, old_protocol: bool, offset: i64) -> Step {
    s.create_topic(1, &[])?;
    let all = numbered("value", 0..100);
    s.client.new_producer(&ProducerOptions { old_protocol, ..s.producer_options() })?.send(&all)?;
    let join = || s.client.join(&MemberOptions { old_protocol, ..s.member_options() });
    equal("values", read_as(join()?, 100)?, values_of(&all))?;
    let mut member = join()?;
    until_has(member.as_mut(), 1, PATIENCE)?;
    member.commit(&s.topic, 0, offset)?;
    member.close()?;
    equal("committed", s.client.committed(&s.group, &s.topic, 0)?, Some(offset))?;
    let rest = &all[offset as usize..];
    equal("values", read_as(join()?, rest.len())?, values_of(rest))
}

pub fn group_offset_alter(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    s.send(&numbered("value", 0..100))?;
    s.client.set_committed(&s.group, &s.topic, 0, 25)?;
    equal("values", read_as(s.join()?, 75)?, values_of(&numbered("value", 25..100)))
}

pub fn subscribe_pattern(s: &Scenario) -> Step {
    let names = ["a", "b"].map(|name| format!("{}-{name}", s.topic));
    for topic in &names {
        s.create_named(topic, 1, 1, &[])?;
        let options = ProducerOptions { topic: topic.clone(), ..s.producer_options() };
        s.client.new_producer(&options)?.send(&numbered("value", 0..10))?;
    }
    let options = MemberOptions { topic: format!("^{}-.*", s.topic), pattern: true, ..s.member_options() };
    let mut member = s.client.join(&options)?;
    let seen = poll("20 records", PATIENCE, [member.as_mut()], |_, records| records.len() >= 20)?;
    for topic in names {
        let of_one: Vec<Record> = seen.iter().filter(|one| one.topic == topic).cloned().collect();
        equal("values of a topic", values_of(&of_one), values_of(&numbered("value", 0..10)))?;
    }
    Ok(member.close()?)
}

pub fn group_come_go(s: &Scenario) -> Step {
    s.create_topic(4, &[])?;
    let mut one = s.join()?;
    until_has(one.as_mut(), 4, PATIENCE)?;
    let mut other = s.join()?;
    until_shared(one.as_mut(), other.as_mut())?;
    other.close()?;
    until_has(one.as_mut(), 4, PATIENCE)?;
    let sent = send_to_four(s)?;
    let mut seen = poll("40 records", PATIENCE, [one.as_mut()], |_, records| records.len() >= 40)?;
    seen.extend(poll_for(QUIET, [one.as_mut()])?);
    equal("values", sorted(&seen), sorted(&sent))?;
    Ok(one.close()?)
}

fn send_to_four(s: &Scenario) -> Step<Vec<Record>> {
    let records = spread(numbered("value", 0..40), 4);
    s.send(&records)?;
    Ok(records)
}

fn sorted(records: &[Record]) -> Vec<String> {
    let mut values = values_of(records);
    values.sort();
    values
}

pub fn group_member_dies(s: &Scenario) -> Step {
    s.create_topic(4, &[])?;
    let mut one = s.client.join(&MemberOptions { session_timeout: SESSION_TIMEOUT, ..s.member_options() })?;
    until_has(one.as_mut(), 4, PATIENCE)?;
    let child = ChildMember::start(s)?;
    until_has(one.as_mut(), 2, PATIENCE)?;
    poll_for(Duration::from_secs(1), [one.as_mut()])?;
    drop(child);
    until_has(one.as_mut(), 4, Duration::from_secs(20))?;
    Ok(one.close()?)
}

pub fn static_membership(s: &Scenario) -> Step {
    s.create_topic(4, &[])?;
    let join = |name| {
        let session_timeout = Duration::from_secs(30);
        s.client.join(&MemberOptions { instance_id: Some(name), session_timeout, ..s.member_options() })
    };
    let mut one = join("one")?;
    let mut two = join("two")?;
    until_shared(one.as_mut(), two.as_mut())?;
    poll_for(Duration::from_secs(1), [one.as_mut(), two.as_mut()])?;
    let (had, revoked) = (one.assigned(), two.revoked());
    one.close()?;
    let mut again = join("one")?;
    let has_two = |members: &mut [&mut dyn crate::client::Member; 2], _: &[Record]| members[0].assigned().len() == 2;
    poll("one has 2 again", Duration::from_secs(10), [again.as_mut(), two.as_mut()], has_two)?;
    equal("the partitions of one", again.assigned(), had)?;
    equal("revoked from two", two.revoked(), revoked)?;
    again.close()?;
    Ok(two.close()?)
}

pub fn cooperative_rebalance(s: &Scenario) -> Step {
    s.create_topic(4, &[])?;
    let options = MemberOptions { cooperative: true, ..s.member_options() };
    let mut one = s.client.join(&options)?;
    until_has(one.as_mut(), 4, PATIENCE)?;
    equal("revoked so far", one.revoked(), vec![])?;
    let mut other = s.client.join(&options)?;
    until_shared(one.as_mut(), other.as_mut())?;
    equal("revoked from one", one.revoked(), other.assigned())?;
    other.close()?;
    Ok(one.close()?)
}

pub fn consumer_protocol(s: &Scenario) -> Step {
    s.create_topic(4, &[])?;
    let options = MemberOptions { consumer_protocol: true, ..s.member_options() };
    let mut one = s.client.join(&options)?;
    until_has(one.as_mut(), 4, PATIENCE)?;
    let mut other = s.client.join(&options)?;
    until_shared(one.as_mut(), other.as_mut())?;
    let sent = send_to_four(s)?;
    let mut seen = poll("40 records", PATIENCE, [one.as_mut(), other.as_mut()], |_, records| records.len() >= 40)?;
    seen.extend(poll_for(QUIET, [one.as_mut(), other.as_mut()])?);
    equal("values", sorted(&seen), sorted(&sent))?;
    other.close()?;
    Ok(one.close()?)
}

pub fn error_fenced(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let options = MemberOptions { instance_id: Some("one"), ..s.member_options() };
    // Never closed: a library may wait for ever for the leave of a member that is fenced.
    let mut one = std::mem::ManuallyDrop::new(s.client.join(&options)?);
    until_has(one.as_mut(), 1, PATIENCE)?;
    let mut other = s.client.join(&options)?;
    until_has(other.as_mut(), 1, PATIENCE)?;
    let mut last = String::new();
    s.until("one is fenced", PATIENCE, || {
        let failed = one.read().err().or_else(|| one.commit(&s.topic, 0, 0).err());
        last = format!("{failed:?}");
        Ok(failed.is_some_and(|error| is_fenced(&error, &[FENCED_INSTANCE_ID])))
    })
    .map_err(|_| Stop::Failed(format!("one was not fenced within 30 s: {last}")))?;
    Ok(other.close()?)
}

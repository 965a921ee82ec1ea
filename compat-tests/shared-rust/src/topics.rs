//! Topics, configs, partitions, descriptions.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::client::MemberOptions;
use crate::steps::{PATIENCE, equal, numbered, poll, refused, require, spread, until_has, values_of};
use crate::{Scenario, Step, Stop};

const UNKNOWN_TOPIC_OR_PARTITION: i32 = 3;
const TOPIC_ALREADY_EXISTS: i32 = 36;
const INVALID_CONFIG: i32 = 40;

pub fn metadata(s: &Scenario) -> Step {
    s.create_topic(3, &[])?;
    let cluster = s.client.cluster(&s.topic)?;
    require(cluster.brokers.iter().all(|one| !one.host.is_empty() && one.port > 0), "a broker without an address")?;
    let brokers: Vec<i32> = cluster.brokers.iter().map(|one| one.id).collect();
    let mut partitions: Vec<i32> = cluster.partitions.iter().map(|one| one.id).collect();
    partitions.sort();
    equal("partitions", partitions, vec![0, 1, 2])?;
    for one in &cluster.partitions {
        require(brokers.contains(&one.leader), "the leader is no broker")?;
        require(one.replicas.contains(&one.leader) && one.isr.contains(&one.leader), "the leader is no replica in sync")?;
    }
    require(cluster.controller.is_none_or(|controller| brokers.contains(&controller)), "the controller is no broker")
}

pub fn topic_create_delete(s: &Scenario) -> Step {
    let create = || s.client.create_topic(&s.topic, 2, 1, &[("retention.ms", "3600000")]);
    let is_listed = || -> Step<bool> { Ok(s.client.topics()?.contains(&s.topic)) };
    create()?;
    refused("creating it again", create(), TOPIC_ALREADY_EXISTS)?;
    s.until("it is listed", Duration::from_secs(10), is_listed)?;
    s.client.delete_topic(&s.topic)?;
    s.until("it is no longer listed", Duration::from_secs(15), || Ok(!is_listed()?))?;
    refused("deleting it again", s.client.delete_topic(&s.topic), UNKNOWN_TOPIC_OR_PARTITION)
}

pub fn admin_configs(s: &Scenario) -> Step {
    s.create_topic(1, &[("retention.ms", "3600000")])?;
    let configs = s.client.topic_configs(&s.topic)?;
    equal("retention.ms", configs["retention.ms"].as_str(), "3600000")?;
    equal("cleanup.policy", configs["cleanup.policy"].as_str(), "delete")?;
    s.client.set_topic_config(&s.topic, "retention.ms", "7200000")?;
    s.until("retention.ms is 7200000", Duration::from_secs(5), || {
        Ok(s.client.topic_configs(&s.topic)?["retention.ms"] == "7200000")
    })?;
    refused("retention.ms=many", s.client.set_topic_config(&s.topic, "retention.ms", "many"), INVALID_CONFIG)?;
    let broker = s.client.cluster(&s.topic)?.brokers[0].id;
    require(s.client.broker_configs(broker)?.len() > 10, "the broker has too few configs")
}

pub fn delete_records(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    s.send(&numbered("value", 0..100))?;
    s.client.delete_records(&s.topic, 0, 60)?;
    equal("earliest", s.client.start_offset(&s.topic, 0)?, 60)?;
    equal("latest", s.client.end_offset(&s.topic, 0)?, 100)?;
    equal("values", values_of(&s.read(40)?), values_of(&numbered("value", 60..100)))
}

pub fn partitions_added(s: &Scenario) -> Step {
    s.create_topic(2, &[])?;
    let mut member = s.join()?;
    let producer = s.producer()?;
    producer.send(&spread(numbered("value", 0..100), 2))?;
    s.client.add_partitions(&s.topic, 4)?;
    s.until("the new partitions are known", PATIENCE, || Ok(s.client.cluster(&s.topic)?.partitions.len() == 4))?;
    for record in spread(numbered("value", 100..200), 4) {
        // The producer does not know the new ones at once.
        let mut last = None;
        let is_sent = || {
            last = producer.send(std::slice::from_ref(&record)).err();
            Ok(last.is_none())
        };
        s.until("the record is sent", PATIENCE, is_sent).map_err(|_| Stop::Failed(format!("still not sent: {last:?}")))?;
    }
    let distinct = |records: &[_]| values_of(records).into_iter().collect::<BTreeSet<_>>().len();
    let seen = poll("200 records", PATIENCE, [member.as_mut()], |_, records| distinct(records) == 200)?;
    let mut per_partition = BTreeMap::<i32, BTreeSet<_>>::new();
    for record in seen {
        per_partition.entry(record.partition).or_default().insert(record.value);
    }
    equal("records of partitions 2 and 3", (per_partition[&2].len(), per_partition[&3].len()), (25, 25))?;
    Ok(member.close()?)
}

pub fn describe_groups_lag(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    s.send(&numbered("value", 0..100))?;
    let mut member = s.client.join(&MemberOptions { client_id: "the-member", ..s.member_options() })?;
    until_has(member.as_mut(), 1, PATIENCE)?;
    member.commit(&s.topic, 0, 30)?;
    require(s.client.groups()?.contains(&s.group), "the group is not listed")?;
    let group = s.client.describe_group(&s.group)?;
    equal("state", group.state.as_str(), "Stable")?;
    equal("client ids", group.client_ids, vec!["the-member".to_string()])?;
    let committed = s.client.committed(&s.group, &s.topic, 0)?.unwrap_or(-1);
    equal("lag", s.client.end_offset(&s.topic, 0)? - committed, 70)?;
    member.close()?;
    s.until("the group is empty", Duration::from_secs(15), || Ok(s.client.describe_group(&s.group)?.state == "Empty"))?;
    s.client.delete_group(&s.group)?;
    require(!s.client.groups()?.contains(&s.group), "the group is still listed")
}

pub fn error_unknown_topic(s: &Scenario) -> Step {
    let sent = s.producer()?.send(&numbered("value", 0..1));
    require(sent.is_err(), "the record was acknowledged")?;
    require(!s.client.topics()?.contains(&s.topic), "the topic was made")
}

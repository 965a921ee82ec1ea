//! The calls about topics and groups.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::time::Duration;

use compat::client::{self, Broker, Cluster, Error, Group, Member, MemberOptions, Partition, Producer, ProducerOptions};
use compat::client::{Reader, ReaderOptions, Result};
use krafka::admin::{AdminClient, ConfigOp, ConfigResource, ListOffsetsOptions, NewTopic, OffsetSpec, TopicPartition};

use crate::{Client, failed, told};

const OFFSET_NOT_AVAILABLE: i32 = 78;

/// Of a call about one thing.
fn only<Key: Hash + Eq, T>(results: krafka::Result<HashMap<Key, krafka::Result<T>>>) -> Result<T> {
    let (_, result) = results.map_err(told)?.into_iter().next().ok_or(failed("there is no answer"))?;
    result.map_err(told)
}

impl Client {
    fn admin(&self) -> AdminClient {
        self.kafka.admin()
    }

    fn configs(&self, resource: ConfigResource) -> Result<BTreeMap<String, String>> {
        let entries = only(self.runtime.block_on(self.admin().describe_configs([resource], Default::default())))?;
        Ok(entries.into_iter().map(|one| (one.name, one.value.unwrap_or_default())).collect())
    }

    fn list_offset(&self, topic: &str, partition: i32, spec: OffsetSpec) -> Result<i64> {
        let wanted = [(TopicPartition::new(topic, partition), spec)];
        let options = ListOffsetsOptions::default().timeout(Duration::from_secs(5));
        Ok(only(self.runtime.block_on(self.admin().list_offsets(wanted, options)))?.offset)
    }
}

impl client::Client for Client {
    fn cluster(&self, topic: &str) -> Result<Cluster> {
        let cluster = self.runtime.block_on(self.admin().describe_cluster(Default::default())).map_err(told)?;
        let described = only(self.runtime.block_on(self.admin().describe_topics([topic], Default::default())))?;
        let brokers = cluster.brokers.into_iter().map(|one| Broker { id: one.id, host: one.host, port: one.port });
        let partitions = described.partitions.into_iter().map(|one| Partition {
            id: one.partition,
            leader: one.leader.unwrap_or(-1),
            replicas: one.replicas,
            isr: one.isr,
        });
        let controller = Some(cluster.controller_id);
        Ok(Cluster { brokers: brokers.collect(), partitions: partitions.collect(), controller })
    }

    fn topics(&self) -> Result<Vec<String>> {
        self.runtime.block_on(self.admin().list_topics(Default::default())).map_err(told)
    }

    fn create_topic(&self, topic: &str, partitions: i32, replicas: i32, configs: &[(&str, &str)]) -> Result<()> {
        let mut created = NewTopic::new(topic, partitions, replicas as i16).map_err(told)?;
        for (name, value) in configs {
            created = created.with_config(*name, *value);
        }
        only(self.runtime.block_on(self.admin().create_topics([created], Default::default())))
    }

    fn delete_topic(&self, topic: &str) -> Result<()> {
        only(self.runtime.block_on(self.admin().delete_topics([topic], Default::default())))
    }

    fn add_partitions(&self, topic: &str, total: i32) -> Result<()> {
        only(self.runtime.block_on(self.admin().create_partitions([(topic, total)], Default::default())))
    }

    fn topic_configs(&self, topic: &str) -> Result<BTreeMap<String, String>> {
        self.configs(ConfigResource::topic(topic))
    }

    fn broker_configs(&self, broker: i32) -> Result<BTreeMap<String, String>> {
        self.configs(ConfigResource::broker(broker))
    }

    fn set_topic_config(&self, topic: &str, name: &str, value: &str) -> Result<()> {
        let change = [(ConfigResource::topic(topic), vec![ConfigOp::set(name, value)])];
        only(self.runtime.block_on(self.admin().incremental_alter_configs(change, Default::default())))
    }

    fn delete_records(&self, topic: &str, partition: i32, before: i64) -> Result<()> {
        let before = [(TopicPartition::new(topic, partition), before)];
        only(self.runtime.block_on(self.admin().delete_records(before, Default::default()))).map(drop)
    }

    fn start_offset(&self, topic: &str, partition: i32) -> Result<i64> {
        self.list_offset(topic, partition, OffsetSpec::Earliest)
    }

    fn end_offset(&self, topic: &str, partition: i32) -> Result<i64> {
        self.list_offset(topic, partition, OffsetSpec::Latest)
    }

    fn offset_at(&self, topic: &str, partition: i32, timestamp_ms: i64) -> Result<Option<i64>> {
        match self.list_offset(topic, partition, OffsetSpec::Timestamp(timestamp_ms)) {
            // The library asks again and again where no record is so late, and tells this in the end.
            Err(Error::Failed { code: Some(OFFSET_NOT_AVAILABLE), .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    fn committed(&self, group: &str, topic: &str, partition: i32) -> Result<Option<i64>> {
        let call = self.runtime.block_on(self.admin().list_consumer_group_offsets(group, Default::default()));
        match call.map_err(told)?.remove(&TopicPartition::new(topic, partition)) {
            Some(committed) => Ok(committed.map_err(told)?.offset),
            None => Ok(None),
        }
    }

    fn set_committed(&self, group: &str, topic: &str, partition: i32, offset: i64) -> Result<()> {
        let offsets = [(TopicPartition::new(topic, partition), offset)];
        only(self.runtime.block_on(self.admin().alter_consumer_group_offsets(group, offsets, Default::default())))
    }

    fn groups(&self) -> Result<Vec<String>> {
        let brokers = self.runtime.block_on(self.admin().list_consumer_groups(Default::default())).map_err(told)?;
        let mut names = Vec::new();
        for listed in brokers.into_values() {
            names.extend(listed.map_err(told)?.into_iter().map(|group| group.group_id));
        }
        Ok(names)
    }

    fn describe_group(&self, group: &str) -> Result<Group> {
        let described = only(self.runtime.block_on(self.admin().describe_consumer_groups([group], Default::default())))?;
        let client_ids = described.members.into_iter().map(|member| member.client_id).collect();
        Ok(Group { state: described.state, client_ids })
    }

    fn delete_group(&self, group: &str) -> Result<()> {
        only(self.runtime.block_on(self.admin().delete_consumer_groups([group], Default::default())))
    }

    fn new_producer(&self, options: &ProducerOptions) -> Result<Box<dyn Producer>> {
        Ok(Box::new(self.producer(options)?))
    }

    fn new_reader(&self, options: &ReaderOptions) -> Result<Box<dyn Reader>> {
        Ok(Box::new(self.own_reader(options)?))
    }

    fn join(&self, options: &MemberOptions) -> Result<Box<dyn Member>> {
        Ok(Box::new(self.own_member(options)?))
    }
}

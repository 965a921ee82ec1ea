//! The calls about topics and groups.

use std::collections::BTreeMap;

use compat::client::{self, Broker, Cluster, Group, Member, MemberOptions, Partition, Producer, ProducerOptions};
use compat::client::{Reader, ReaderOptions, Result};
use rdkafka::Offset;
use rdkafka::admin::{AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::error::RDKafkaErrorCode;

use crate::{CALL_TIMEOUT, Client, at, failed, told};

/// Of a call about one thing.
fn only<T>(results: Vec<std::result::Result<T, (String, RDKafkaErrorCode)>>) -> Result<T> {
    match results.into_iter().next() {
        Some(result) => result.map_err(|(name, code)| failed(Some(code), format!("{name}: {code}"))),
        None => Err(failed(None, "there is no answer")),
    }
}

impl Client {
    fn configs(&self, resource: ResourceSpecifier<'_>) -> Result<BTreeMap<String, String>> {
        let options = AdminOptions::new();
        let results = self.runtime.block_on(self.admin.describe_configs(&[resource], &options)).map_err(told)?;
        let described = results.into_iter().next().ok_or(failed(None, "there is no answer"))?;
        let entries = described.map_err(|code| failed(Some(code), code))?.entries;
        Ok(entries.into_iter().map(|one| (one.name, one.value.unwrap_or_default())).collect())
    }
}

impl client::Client for Client {
    fn cluster(&self, topic: &str) -> Result<Cluster> {
        let metadata = self.inquirer.fetch_metadata(Some(topic), CALL_TIMEOUT).map_err(told)?;
        let described = &metadata.topics()[0];
        if let Some(error) = described.error() {
            let code = RDKafkaErrorCode::from(error);
            return Err(failed(Some(code), code));
        }
        let brokers = metadata.brokers().iter();
        let partitions = described.partitions().iter();
        Ok(Cluster {
            brokers: brokers.map(|one| Broker { id: one.id(), host: one.host().into(), port: one.port() }).collect(),
            partitions: partitions
                .map(|one| Partition {
                    id: one.id(),
                    leader: one.leader(),
                    replicas: one.replicas().to_vec(),
                    isr: one.isr().to_vec(),
                })
                .collect(),
            controller: None,
        })
    }

    fn topics(&self) -> Result<Vec<String>> {
        let metadata = self.inquirer.fetch_metadata(None, CALL_TIMEOUT).map_err(told)?;
        Ok(metadata.topics().iter().map(|topic| topic.name().to_string()).collect())
    }

    fn create_topic(&self, topic: &str, partitions: i32, replicas: i32, configs: &[(&str, &str)]) -> Result<()> {
        let mut created = NewTopic::new(topic, partitions, TopicReplication::Fixed(replicas));
        for (name, value) in configs {
            created = created.set(name, value);
        }
        let options = AdminOptions::new();
        only(self.runtime.block_on(self.admin.create_topics(&[created], &options)).map_err(told)?).map(drop)
    }

    fn delete_topic(&self, topic: &str) -> Result<()> {
        let options = AdminOptions::new();
        only(self.runtime.block_on(self.admin.delete_topics(&[topic], &options)).map_err(told)?).map(drop)
    }

    fn add_partitions(&self, topic: &str, total: i32) -> Result<()> {
        let options = AdminOptions::new();
        let more = NewPartitions::new(topic, total as usize);
        only(self.runtime.block_on(self.admin.create_partitions(&[more], &options)).map_err(told)?).map(drop)
    }

    fn topic_configs(&self, topic: &str) -> Result<BTreeMap<String, String>> {
        self.configs(ResourceSpecifier::Topic(topic))
    }

    fn broker_configs(&self, broker: i32) -> Result<BTreeMap<String, String>> {
        self.configs(ResourceSpecifier::Broker(broker))
    }

    fn set_topic_config(&self, topic: &str, name: &str, value: &str) -> Result<()> {
        let options = AdminOptions::new();
        let change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(name, value);
        let results = self.runtime.block_on(self.admin.alter_configs(&[change], &options)).map_err(told)?;
        let result = results.into_iter().next().ok_or(failed(None, "there is no answer"))?;
        result.map(drop).map_err(|(_, code)| failed(Some(code), code))
    }

    fn delete_records(&self, topic: &str, partition: i32, before: i64) -> Result<()> {
        let options = AdminOptions::new();
        let places = at(topic, partition, Offset::Offset(before))?;
        let deleted = self.runtime.block_on(self.admin.delete_records(&places, &options)).map_err(told)?;
        deleted.elements()[0].error().map_err(told)
    }

    fn start_offset(&self, topic: &str, partition: i32) -> Result<i64> {
        Ok(self.inquirer.fetch_watermarks(topic, partition, CALL_TIMEOUT).map_err(told)?.0)
    }

    fn end_offset(&self, topic: &str, partition: i32) -> Result<i64> {
        Ok(self.inquirer.fetch_watermarks(topic, partition, CALL_TIMEOUT).map_err(told)?.1)
    }

    fn offset_at(&self, topic: &str, partition: i32, timestamp_ms: i64) -> Result<Option<i64>> {
        let wanted = at(topic, partition, Offset::Offset(timestamp_ms))?;
        let found = self.inquirer.offsets_for_times(wanted, CALL_TIMEOUT).map_err(told)?;
        Ok(found.elements()[0].offset().to_raw().filter(|offset| *offset >= 0))
    }

    fn committed(&self, group: &str, topic: &str, partition: i32) -> Result<Option<i64>> {
        let wanted = at(topic, partition, Offset::Invalid)?;
        let committed = self.onlooker(group)?.committed_offsets(wanted, CALL_TIMEOUT).map_err(told)?;
        Ok(committed.elements()[0].offset().to_raw().filter(|offset| *offset >= 0))
    }

    fn set_committed(&self, group: &str, topic: &str, partition: i32, offset: i64) -> Result<()> {
        let places = at(topic, partition, Offset::Offset(offset))?;
        let onlooker = self.onlooker(group)?;
        onlooker.assign(&places).map_err(told)?;
        onlooker.commit(&places, CommitMode::Sync).map_err(told)
    }

    fn groups(&self) -> Result<Vec<String>> {
        let list = self.inquirer.fetch_group_list(None, CALL_TIMEOUT).map_err(told)?;
        Ok(list.groups().iter().map(|group| group.name().to_string()).collect())
    }

    fn describe_group(&self, group: &str) -> Result<Group> {
        let list = self.inquirer.fetch_group_list(Some(group), CALL_TIMEOUT).map_err(told)?;
        let described = list.groups().first().ok_or(failed(None, "there is no such group"))?;
        let client_ids = described.members().iter().map(|member| member.client_id().to_string()).collect();
        Ok(Group { state: described.state().into(), client_ids })
    }

    fn delete_group(&self, group: &str) -> Result<()> {
        let options = AdminOptions::new();
        only(self.runtime.block_on(self.admin.delete_groups(&[group], &options)).map_err(told)?).map(drop)
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

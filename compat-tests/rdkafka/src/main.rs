//! The scenarios of the compatibility suite with rdkafka, and the librdkafka that it builds.

mod admin;
mod consumer;

use std::sync::Arc;
use std::time::Duration;

use compat::client::{self, Error, Producer, ProducerOptions, Result};
use rdkafka::ClientConfig;
use rdkafka::admin::AdminClient;
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _};
use rdkafka::{Offset, TopicPartitionList};

pub const CALL_TIMEOUT: Duration = Duration::from_secs(60);

fn main() {
    compat::run(|servers| Ok(Arc::new(Client::open(servers)?)));
}

pub struct Client {
    servers: String,
    runtime: tokio::runtime::Runtime,
    admin: AdminClient<DefaultClientContext>,
    /// Asks questions only.
    inquirer: BaseConsumer,
}

impl Client {
    fn open(servers: &str) -> Result<Self> {
        let config = settings(servers, false);
        Ok(Self {
            servers: servers.into(),
            runtime: tokio::runtime::Runtime::new().map_err(|error| failed(None, error))?,
            admin: config.create().map_err(told)?,
            inquirer: config.create().map_err(told)?,
        })
    }

    /// Of a group, but no member of it.
    fn onlooker(&self, group: &str) -> Result<BaseConsumer> {
        settings(&self.servers, false).set("group.id", group).set("enable.auto.commit", "false").create().map_err(told)
    }

    fn producer(&self, options: &ProducerOptions) -> Result<OwnProducer> {
        let mut config = settings(&self.servers, options.old_protocol);
        config.set("message.timeout.ms", "60000").set("topic.metadata.propagation.max.ms", "5000").set("linger.ms", "5");
        config.set("queue.buffering.max.messages", "200000");
        config.set("enable.idempotence", (options.idempotent || options.transactional_id.is_some()).to_string());
        if let Some(codec) = options.codec {
            config.set("compression.codec", codec);
        }
        if let Some(id) = &options.transactional_id {
            config.set("transactional.id", id);
        }
        let producer: FutureProducer = config.create().map_err(told)?;
        if options.transactional_id.is_some() {
            producer.init_transactions(CALL_TIMEOUT).map_err(told)?;
        }
        let handle = self.runtime.handle().clone();
        Ok(OwnProducer { producer, topic: options.topic.clone(), servers: self.servers.clone(), handle })
    }
}

/// Those of all connections of a scenario.
pub fn settings(servers: &str, is_old: bool) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", servers).set("topic.metadata.refresh.interval.ms", "1000");
    if is_old {
        config.set("api.version.request", "false").set("broker.version.fallback", "0.11.0");
    }
    config
}

pub fn failed(code: Option<RDKafkaErrorCode>, error: impl ToString) -> Error {
    // The library's own words for what Kafka has a number for.
    let code = code.map(|code| match code {
        RDKafkaErrorCode::UnknownTopic | RDKafkaErrorCode::UnknownPartition => 3,
        known => known as i32,
    });
    Error::Failed { code, text: error.to_string() }
}

pub fn told(error: KafkaError) -> Error {
    failed(error.rdkafka_error_code(), error)
}

pub fn at(topic: &str, partition: i32, offset: Offset) -> Result<TopicPartitionList> {
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, offset).map_err(told)?;
    Ok(list)
}

struct OwnProducer {
    producer: FutureProducer,
    topic: String,
    servers: String,
    handle: tokio::runtime::Handle,
}

impl Producer for OwnProducer {
    fn send(&self, records: &[client::Record]) -> Result<()> {
        let mut sent: Vec<DeliveryFuture> = Vec::new();
        for record in records {
            let mut headers = OwnedHeaders::new();
            for (key, value) in &record.headers {
                headers = headers.insert(Header { key, value: value.as_ref() });
            }
            let message = FutureRecord {
                topic: &self.topic,
                partition: Some(record.partition),
                payload: record.value.as_ref(),
                key: record.key.as_ref(),
                timestamp: record.timestamp_ms,
                headers: (!record.headers.is_empty()).then_some(headers),
            };
            sent.push(self.producer.send_result(message).map_err(|(error, _)| told(error))?);
        }
        for delivery in sent {
            let report = self.handle.block_on(delivery).map_err(|error| failed(None, error))?;
            report.map_err(|(error, _)| told(error))?;
        }
        Ok(())
    }

    fn begin(&self) -> Result<()> {
        self.producer.begin_transaction().map_err(told)
    }

    fn send_offset(&self, group: &str, topic: &str, partition: i32, offset: i64) -> Result<()> {
        // The library takes the group of a consumer only: of one that is no member, here.
        let nobody: BaseConsumer = settings(&self.servers, false).set("group.id", group).create().map_err(told)?;
        let metadata = nobody.group_metadata().ok_or(failed(None, "no metadata of the group"))?;
        let offsets = at(topic, partition, Offset::Offset(offset))?;
        self.producer.send_offsets_to_transaction(&offsets, &metadata, CALL_TIMEOUT).map_err(told)
    }

    fn commit(&self) -> Result<()> {
        self.producer.commit_transaction(CALL_TIMEOUT).map_err(told)
    }

    fn abort(&self) -> Result<()> {
        self.producer.abort_transaction(CALL_TIMEOUT).map_err(told)
    }
}

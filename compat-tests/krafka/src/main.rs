//! The scenarios of the compatibility suite with krafka.

mod admin;
mod consumer;

use std::sync::Arc;
use std::time::Duration;

use compat::client::{self, Error, Producer, ProducerOptions, Result};
use krafka::producer::{TopicPartitionOffset, TransactionalProducer};
use krafka::{Compression, Kafka, KrafkaError};
use tokio::runtime::Runtime;

fn main() {
    compat::run(|servers| Ok(Arc::new(Client::open(servers)?)));
}

/// The library is asynchronous: the scenarios wait for what it does on this runtime.
pub struct Client {
    servers: String,
    runtime: Arc<Runtime>,
    kafka: Kafka,
}

pub fn failed(text: impl ToString) -> Error {
    Error::Failed { code: None, text: text.to_string() }
}

pub fn told(error: KrafkaError) -> Error {
    let code = match &error {
        KrafkaError::Broker { code, .. } => Some(i32::from(i16::from(*code))),
        KrafkaError::UnknownTopic { .. } => Some(3),
        _ => None,
    };
    Error::Failed { code, text: error.to_string() }
}

impl Client {
    fn open(servers: &str) -> Result<Self> {
        let runtime = Arc::new(Runtime::new().map_err(failed)?);
        let kafka = runtime.block_on(connect(servers, "compat"))?;
        Ok(Self { servers: servers.into(), runtime, kafka })
    }

    fn producer(&self, options: &ProducerOptions) -> Result<OwnProducer> {
        if options.old_protocol {
            return Err(Error::Unsupported("krafka cannot be set to old versions"));
        }
        let builder = self.kafka.producer().compression(match options.codec {
            Some("gzip") => Compression::Gzip,
            Some("snappy") => Compression::Snappy,
            Some("lz4") => Compression::Lz4,
            Some("zstd") => Compression::Zstd,
            _ => Compression::None,
        });
        let builder = builder.linger(Duration::from_millis(5)).max_block(Duration::from_secs(5));
        let inner = self.runtime.block_on(async {
            let builder = builder.delivery_timeout(Duration::from_secs(60));
            match &options.transactional_id {
                Some(id) => builder.build_transactional(id.clone()).await.map(Inner::Transactional),
                None => builder.idempotent(options.idempotent).build().await.map(Inner::Plain),
            }
        });
        let inner = inner.map_err(told)?;
        Ok(OwnProducer { inner, topic: options.topic.clone(), kafka: self.kafka.clone(), runtime: self.runtime.clone() })
    }
}

pub async fn connect(servers: &str, client_id: &str) -> Result<Kafka> {
    let builder = Kafka::builder(servers).client_id(client_id).metadata_max_age(Duration::from_secs(1));
    builder.connect().await.map_err(told)
}

enum Inner {
    Plain(krafka::producer::Producer),
    Transactional(TransactionalProducer),
}

struct OwnProducer {
    inner: Inner,
    topic: String,
    kafka: Kafka,
    runtime: Arc<Runtime>,
}

impl OwnProducer {
    fn transactional(&self) -> Result<&TransactionalProducer> {
        match &self.inner {
            Inner::Transactional(producer) => Ok(producer),
            Inner::Plain(_) => Err(failed("the producer is not transactional")),
        }
    }
}

impl Producer for OwnProducer {
    fn send(&self, records: &[client::Record]) -> Result<()> {
        self.runtime.block_on(async {
            let mut sent = Vec::new();
            for record in records {
                let mut message = krafka::Record::new(&self.topic, Vec::new()).partition(record.partition);
                message.key = record.key.clone().map(Into::into);
                message.value = record.value.clone().map(Into::into);
                message.timestamp = record.timestamp_ms;
                for (name, value) in &record.headers {
                    message = match value {
                        Some(value) => message.header(name, value.clone()),
                        None => message.null_header(name),
                    };
                }
                sent.push(match &self.inner {
                    Inner::Plain(producer) => producer.enqueue(message).await.map_err(told)?,
                    Inner::Transactional(producer) => producer.enqueue(message).await.map_err(told)?,
                });
            }
            for delivery in sent {
                delivery.await.map(drop).map_err(told)?;
            }
            Ok(())
        })
    }

    fn begin(&self) -> Result<()> {
        let _inside = self.runtime.enter();
        self.transactional()?.begin().map_err(told)
    }

    fn send_offset(&self, group: &str, topic: &str, partition: i32, offset: i64) -> Result<()> {
        let offsets = [TopicPartitionOffset::new(topic, partition, offset)];
        // The library takes the offsets of members only.
        self.runtime.block_on(async {
            let member = self.kafka.consumer(group).enable_auto_commit(false).build().await.map_err(told)?;
            member.subscribe([topic]).await.map_err(told)?;
            let metadata = loop {
                let _ = member.poll(Duration::from_millis(100)).await.map_err(told)?;
                match member.group_metadata().await {
                    Some(metadata) if metadata.is_fenceable() => break metadata,
                    _ => {}
                }
            };
            self.transactional()?.send_offsets(&offsets, &metadata).await.map_err(told)?;
            member.close().await.map_err(told)
        })
    }

    fn commit(&self) -> Result<()> {
        self.runtime.block_on(self.transactional()?.commit()).map_err(told)
    }

    fn abort(&self) -> Result<()> {
        self.runtime.block_on(self.transactional()?.abort()).map_err(told)
    }
}

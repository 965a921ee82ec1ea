//! Readers of partitions, and members of groups.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use compat::client::{EARLIEST, Error, Member, MemberOptions, Reader, ReaderOptions, Record, Result};
use krafka::consumer::{
    AutoOffsetReset, Consumer, ConsumerRebalanceListener, ConsumerRecord, GroupProtocol, IsolationLevel, OffsetAndMetadata,
    PartitionAssignmentStrategy, TopicPartition,
};
use tokio::runtime::Runtime;

use crate::{Client, connect, told};

const POLL: Duration = Duration::from_millis(100);

/// Keeps book of the partitions that a member is given and that are taken from it.
#[derive(Clone, Default)]
pub struct Book(Arc<Mutex<Partitions>>);

#[derive(Default)]
struct Partitions {
    has: BTreeSet<i32>,
    had: Vec<i32>,
}

impl Book {
    fn open(&self) -> MutexGuard<'_, Partitions> {
        self.0.lock().expect("nobody panics with the book")
    }

    fn lose(&self, partitions: &[TopicPartition]) {
        let mut book = self.open();
        for one in partitions {
            book.has.remove(&one.partition);
            book.had.push(one.partition);
        }
    }
}

impl ConsumerRebalanceListener for Book {
    async fn on_partitions_assigned(&self, partitions: &[TopicPartition]) {
        self.open().has.extend(partitions.iter().map(|one| one.partition));
    }

    async fn on_partitions_revoked(&self, partitions: &[TopicPartition]) {
        self.lose(partitions);
    }

    async fn on_partitions_lost(&self, partitions: &[TopicPartition]) {
        self.lose(partitions);
    }
}

/// A reader, or a member.
pub struct OwnConsumer {
    consumer: Consumer,
    topic: String,
    book: Book,
    runtime: Arc<Runtime>,
}

impl Client {
    pub fn own_reader(&self, options: &ReaderOptions) -> Result<OwnConsumer> {
        let isolation = if options.read_committed { IsolationLevel::ReadCommitted } else { IsolationLevel::ReadUncommitted };
        let consumer: krafka::Result<Consumer> = self.runtime.block_on(async {
            let builder = self.kafka.consumer_without_group().isolation_level(isolation);
            let consumer = builder.fetch_max_wait(POLL).build().await?;
            consumer.assign(&options.topic, options.start.keys().copied().collect()).await?;
            for (partition, offset) in &options.start {
                if *offset == EARLIEST {
                    consumer.seek_to_beginning(&options.topic, *partition).await?;
                } else {
                    consumer.seek(&options.topic, *partition, *offset).await?;
                }
            }
            Ok(consumer)
        });
        let consumer = consumer.map_err(told)?;
        Ok(OwnConsumer { consumer, topic: options.topic.clone(), book: Book::default(), runtime: self.runtime.clone() })
    }

    pub fn own_member(&self, options: &MemberOptions) -> Result<OwnConsumer> {
        if options.old_protocol {
            return Err(Error::Unsupported("krafka cannot be set to old versions"));
        }
        if options.pattern {
            return Err(Error::Unsupported("krafka subscribes to names, not to patterns"));
        }
        let book = Book::default();
        let consumer = self.runtime.block_on(async {
            let kafka = connect(&self.servers, options.client_id).await?;
            let mut builder = kafka.consumer(&options.group).enable_auto_commit(false).fetch_max_wait(POLL);
            builder = builder.rebalance_listener(book.clone());
            builder = builder.auto_offset_reset(if options.at_end { AutoOffsetReset::Latest } else { AutoOffsetReset::Earliest });
            if let Some(id) = options.instance_id {
                builder = builder.group_instance_id(id);
            }
            if options.consumer_protocol {
                builder = builder.group_protocol(GroupProtocol::Consumer);
            } else {
                builder = builder.session_timeout(options.session_timeout).heartbeat_interval(Duration::from_secs(1));
            }
            if options.cooperative {
                builder = builder.partition_assignment_strategy(PartitionAssignmentStrategy::CooperativeSticky);
            }
            let consumer = builder.build().await.map_err(told)?;
            consumer.subscribe([&options.topic]).await.map_err(told)?;
            Ok(consumer)
        })?;
        Ok(OwnConsumer { consumer, topic: options.topic.clone(), book, runtime: self.runtime.clone() })
    }
}

impl Reader for OwnConsumer {
    fn read(&mut self) -> Result<Vec<Record>> {
        let records = self.runtime.block_on(self.consumer.poll(POLL)).map_err(told)?;
        Ok(records.into_iter().map(record_of).collect())
    }

    fn seek(&mut self, partition: i32, offset: i64) -> Result<()> {
        self.runtime.block_on(self.consumer.seek(&self.topic, partition, offset)).map_err(told)
    }

    fn close(&mut self) -> Result<()> {
        self.runtime.block_on(self.consumer.close()).map_err(told)
    }
}

impl Member for OwnConsumer {
    fn commit(&mut self, topic: &str, partition: i32, offset: i64) -> Result<()> {
        let offsets = [(TopicPartition::new(topic, partition), OffsetAndMetadata::new(offset))];
        self.runtime.block_on(self.consumer.commit_offsets(offsets)).map_err(told)
    }

    fn assigned(&mut self) -> Vec<i32> {
        self.book.open().has.iter().copied().collect()
    }

    fn revoked(&mut self) -> Vec<i32> {
        let mut revoked = self.book.open().had.clone();
        revoked.sort();
        revoked
    }
}

fn record_of(record: ConsumerRecord) -> Record {
    Record {
        topic: record.topic.to_string(),
        partition: record.partition,
        offset: record.offset,
        key: record.key.map(|key| key.to_vec()),
        value: record.value.map(|value| value.to_vec()),
        headers: record.headers.into_iter().map(|(name, value)| (name.to_string(), value.map(|value| value.to_vec()))).collect(),
        timestamp_ms: Some(record.timestamp),
    }
}

//! Readers of partitions, and members of groups.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use compat::client::{EARLIEST, Member, MemberOptions, Reader, ReaderOptions, Record, Result};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::{CALL_TIMEOUT, Client, at, settings, told};

const POLL: Duration = Duration::from_millis(100);
const READ_RECORDS_MAX: usize = 10_000;

/// Keeps book of the partitions that a member is given and that are taken from it.
#[derive(Default)]
pub struct Book(Mutex<Partitions>);

#[derive(Default)]
struct Partitions {
    has: BTreeSet<i32>,
    had: Vec<i32>,
}

impl ClientContext for Book {}

impl ConsumerContext for Book {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let mut book = self.0.lock().expect("nobody panics with the book");
        match rebalance {
            Rebalance::Assign(list) => book.has.extend(partitions_of(list)),
            Rebalance::Revoke(list) => {
                for partition in partitions_of(list) {
                    book.has.remove(&partition);
                    book.had.push(partition);
                }
            }
            Rebalance::Error(_) => {}
        }
    }
}

fn partitions_of(list: &TopicPartitionList) -> Vec<i32> {
    list.elements().iter().map(|one| one.partition()).collect()
}

/// A reader, or a member. None when it is closed.
pub struct OwnConsumer {
    consumer: Option<BaseConsumer<Book>>,
    topic: String,
}

impl OwnConsumer {
    fn open(&self) -> &BaseConsumer<Book> {
        self.consumer.as_ref().expect("nobody uses a closed consumer")
    }
}

impl Client {
    pub fn own_reader(&self, options: &ReaderOptions) -> Result<OwnConsumer> {
        let mut config = settings(&self.servers, false);
        config.set("group.id", "unused").set("enable.auto.commit", "false").set("fetch.wait.max.ms", "100");
        config.set("isolation.level", if options.read_committed { "read_committed" } else { "read_uncommitted" });
        let consumer: BaseConsumer<Book> = config.create_with_context(Book::default()).map_err(told)?;
        let mut list = TopicPartitionList::new();
        for (partition, offset) in &options.start {
            let from = if *offset == EARLIEST { Offset::Beginning } else { Offset::Offset(*offset) };
            list.add_partition_offset(&options.topic, *partition, from).map_err(told)?;
        }
        consumer.assign(&list).map_err(told)?;
        Ok(OwnConsumer { consumer: Some(consumer), topic: options.topic.clone() })
    }

    pub fn own_member(&self, options: &MemberOptions) -> Result<OwnConsumer> {
        let mut config = settings(&self.servers, options.old_protocol);
        config.set("client.id", options.client_id).set("group.id", &options.group).set("enable.auto.commit", "false");
        config.set("auto.offset.reset", if options.at_end { "latest" } else { "earliest" }).set("fetch.wait.max.ms", "100");
        if let Some(id) = options.instance_id {
            config.set("group.instance.id", id);
        }
        if options.consumer_protocol {
            config.set("group.protocol", "consumer");
        } else {
            config.set("session.timeout.ms", options.session_timeout.as_millis().to_string());
            config.set("heartbeat.interval.ms", "1000");
            config.set("partition.assignment.strategy", if options.cooperative { "cooperative-sticky" } else { "range" });
        }
        let consumer: BaseConsumer<Book> = config.create_with_context(Book::default()).map_err(told)?;
        consumer.subscribe(&[&options.topic]).map_err(told)?;
        Ok(OwnConsumer { consumer: Some(consumer), topic: options.topic.clone() })
    }
}

impl Reader for OwnConsumer {
    /// Waits for the first record, and takes what has come by then.
    fn read(&mut self) -> Result<Vec<Record>> {
        let consumer = self.open();
        let mut records = Vec::new();
        let mut wait = POLL;
        while records.len() < READ_RECORDS_MAX {
            match consumer.poll(wait) {
                None => break,
                Some(Ok(message)) => records.push(record_of(&message)),
                Some(Err(error)) if is_final(&error) => return Err(told(error)),
                // News of connections, which the library mends by itself.
                Some(Err(_)) => break,
            }
            wait = Duration::ZERO;
        }
        Ok(records)
    }

    fn seek(&mut self, partition: i32, offset: i64) -> Result<()> {
        self.open().seek(&self.topic, partition, Offset::Offset(offset), CALL_TIMEOUT).map_err(told)
    }

    fn close(&mut self) -> Result<()> {
        self.consumer = None;
        Ok(())
    }
}

fn is_final(error: &KafkaError) -> bool {
    matches!(error, KafkaError::MessageConsumptionFatal(_))
        || error.rdkafka_error_code() == Some(RDKafkaErrorCode::FencedInstanceId)
}

impl Member for OwnConsumer {
    fn commit(&mut self, topic: &str, partition: i32, offset: i64) -> Result<()> {
        self.open().commit(&at(topic, partition, Offset::Offset(offset))?, CommitMode::Sync).map_err(told)
    }

    fn assigned(&mut self) -> Vec<i32> {
        self.open().context().0.lock().expect("nobody panics with the book").has.iter().copied().collect()
    }

    fn revoked(&mut self) -> Vec<i32> {
        let mut revoked = self.open().context().0.lock().expect("nobody panics with the book").had.clone();
        revoked.sort();
        revoked
    }
}

fn record_of(message: &BorrowedMessage<'_>) -> Record {
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    Record {
        topic: message.topic().into(),
        partition: message.partition(),
        offset: message.offset(),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: headers.map(|one| (one.key.to_string(), one.value.map(<[u8]>::to_vec))).collect(),
        timestamp_ms: message.timestamp().to_millis(),
    }
}

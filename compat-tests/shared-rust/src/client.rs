//! What the scenarios need of a client library.

use std::collections::BTreeMap;
use std::time::Duration;

/// What a call of the library gives: an error, or that there is no such call.
#[derive(Debug, Clone)]
pub enum Error {
    Unsupported(&'static str),
    /// With Kafka's number, where the library tells it.
    Failed { code: Option<i32>, text: String },
}

pub type Result<T> = std::result::Result<T, Error>;

/// A reader that begins where the partition begins.
pub const EARLIEST: i64 = -2;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// None: the client's own clock.
    pub timestamp_ms: Option<i64>,
}

pub struct Partition {
    pub id: i32,
    pub leader: i32,
    pub replicas: Vec<i32>,
    pub isr: Vec<i32>,
}

pub struct Broker {
    pub id: i32,
    pub host: String,
    pub port: i32,
}

pub struct Cluster {
    pub brokers: Vec<Broker>,
    pub partitions: Vec<Partition>,
    /// None where the client does not tell it.
    pub controller: Option<i32>,
}

/// The description of a group, with Kafka's word for its state.
pub struct Group {
    pub state: String,
    pub client_ids: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct ProducerOptions {
    pub topic: String,
    /// None, or one of gzip, snappy, lz4, zstd.
    pub codec: Option<&'static str>,
    pub idempotent: bool,
    pub transactional_id: Option<String>,
    /// The versions of Kafka 0.11, or the oldest that the client can be set to.
    pub old_protocol: bool,
}

#[derive(Debug, Clone, Default)]
pub struct ReaderOptions {
    pub topic: String,
    pub start: BTreeMap<i32, i64>,
    pub read_committed: bool,
}

/// How a member joins its group. It never commits by itself; its heartbeats go out each second.
#[derive(Debug, Clone, Default)]
pub struct MemberOptions {
    pub group: String,
    /// A topic, or the pattern of topics.
    pub topic: String,
    pub pattern: bool,
    /// Begins at the end, where nothing is committed: else at the beginning.
    pub at_end: bool,
    pub instance_id: Option<&'static str>,
    pub client_id: &'static str,
    pub cooperative: bool,
    /// The group protocol of KIP-848.
    pub consumer_protocol: bool,
    pub session_timeout: Duration,
    pub old_protocol: bool,
}

pub trait Client: Send + Sync {
    fn cluster(&self, topic: &str) -> Result<Cluster>;
    fn topics(&self) -> Result<Vec<String>>;
    fn create_topic(&self, topic: &str, partitions: i32, replicas: i32, configs: &[(&str, &str)]) -> Result<()>;
    fn delete_topic(&self, topic: &str) -> Result<()>;
    fn add_partitions(&self, topic: &str, total: i32) -> Result<()>;
    fn topic_configs(&self, topic: &str) -> Result<BTreeMap<String, String>>;
    fn broker_configs(&self, broker: i32) -> Result<BTreeMap<String, String>>;
    fn set_topic_config(&self, topic: &str, name: &str, value: &str) -> Result<()>;
    /// Deletes what lies before the offset.
    fn delete_records(&self, topic: &str, partition: i32, before: i64) -> Result<()>;
    fn start_offset(&self, topic: &str, partition: i32) -> Result<i64>;
    fn end_offset(&self, topic: &str, partition: i32) -> Result<i64>;
    /// The offset of the first record of this time or later.
    fn offset_at(&self, topic: &str, partition: i32, timestamp_ms: i64) -> Result<Option<i64>>;
    fn committed(&self, group: &str, topic: &str, partition: i32) -> Result<Option<i64>>;
    fn set_committed(&self, group: &str, topic: &str, partition: i32, offset: i64) -> Result<()>;
    fn groups(&self) -> Result<Vec<String>>;
    fn describe_group(&self, group: &str) -> Result<Group>;
    fn delete_group(&self, group: &str) -> Result<()>;

    fn new_producer(&self, options: &ProducerOptions) -> Result<Box<dyn Producer>>;
    /// Reads partitions of one topic, outside of any group.
    fn new_reader(&self, options: &ReaderOptions) -> Result<Box<dyn Reader>>;
    fn join(&self, options: &MemberOptions) -> Result<Box<dyn Member>>;
}

/// Sends to one topic, to the partitions that the records name.
pub trait Producer: Send + Sync {
    /// Waits until all are acknowledged, or gives the first error.
    fn send(&self, records: &[Record]) -> Result<()>;
    fn begin(&self) -> Result<()>;
    fn send_offset(&self, group: &str, topic: &str, partition: i32, offset: i64) -> Result<()>;
    fn commit(&self) -> Result<()>;
    fn abort(&self) -> Result<()>;
}

pub trait Reader {
    /// What there is, perhaps nothing, after a quarter of a second at most.
    fn read(&mut self) -> Result<Vec<Record>>;
    fn seek(&mut self, partition: i32, offset: i64) -> Result<()>;
    fn close(&mut self) -> Result<()>;
}

/// A consumer in a group. It must be read from to take part.
pub trait Member: Reader {
    fn commit(&mut self, topic: &str, partition: i32, offset: i64) -> Result<()>;
    /// The partitions that it has now, in order.
    fn assigned(&mut self) -> Vec<i32>;
    /// The partitions that were ever taken from it, in order.
    fn revoked(&mut self) -> Vec<i32>;
}

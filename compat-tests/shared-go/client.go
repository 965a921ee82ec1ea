package compat

import "time"

// Record is one record, on its way to the broker or back.
type Record struct {
	Topic     string
	Partition int32
	Offset    int64
	Key       []byte
	Value     []byte
	Headers   []Header
	// Zero: the client's own clock.
	Timestamp time.Time
}

// Header is one header of a record. A nil value is null.
type Header struct {
	Key   string
	Value []byte
}

// Client is what the scenarios need of a client library. What the library has no call for gives an Unsupported.
type Client interface {
	Admin
	NewProducer(options ProducerOptions) (Producer, error)
	// NewReader reads the partitions of one topic that it is given, outside of any group.
	NewReader(options ReaderOptions) (SeekingReader, error)
	// Join makes a member of a group.
	Join(options MemberOptions) (Member, error)
}

// Admin are the calls about topics and groups.
type Admin interface {
	Cluster(topic string) (Cluster, error)
	Topics() ([]string, error)
	CreateTopic(topic string, options TopicOptions) error
	DeleteTopic(topic string) error
	AddPartitions(topic string, total int) error
	TopicConfigs(topic string) (map[string]string, error)
	BrokerConfigs(broker int32) (map[string]string, error)
	SetTopicConfig(topic, name, value string) error
	// DeleteRecords deletes what lies before the offset.
	DeleteRecords(topic string, partition int32, before int64) error
	StartOffset(topic string, partition int32) (int64, error)
	EndOffset(topic string, partition int32) (int64, error)
	// OffsetAt is the offset of the first record of this time or later: the end or less than 0 when there is none.
	OffsetAt(topic string, partition int32, at time.Time) (int64, error)
	// Committed is less than 0 when there is none.
	Committed(group, topic string, partition int32) (int64, error)
	SetCommitted(group, topic string, partition int32, offset int64) error
	Groups() ([]string, error)
	DescribeGroup(group string) (Group, error)
	DeleteGroup(group string) error
	// Code is Kafka's number of an error that the client gave, UnknownCode when it is none of Kafka's.
	Code(err error) int
}

// UnknownCode is also Kafka's own number for what is not known.
const UnknownCode = -1

// Cluster is what the metadata say of the cluster and of one topic.
type Cluster struct {
	// Empty when the client does not tell it.
	ID         string
	Controller int32
	Brokers    []Broker
	Partitions []Partition
}

type Broker struct {
	ID   int32
	Host string
	Port int
}

type Partition struct {
	ID       int32
	Leader   int32
	Replicas []int32
	ISR      []int32
}

// Group is the description of a group, with Kafka's word for its state.
type Group struct {
	State     string
	ClientIDs []string
}

type TopicOptions struct {
	Partitions int
	Replicas   int
	Configs    map[string]string
}

// ProducerOptions are how a producer is to be made.
type ProducerOptions struct {
	Topic string
	// One of none, gzip, snappy, lz4, zstd. Empty is none.
	Codec           string
	Idempotent      bool
	TransactionalID string
	// The versions of Kafka 0.11, or the oldest that the client can be set to.
	OldProtocol bool
}

// Producer sends to one topic, to the partitions that the records name. Its metadata are a second old at most, and it
// gives a record up after 60 seconds, a topic that is not there after five.
type Producer interface {
	// Send waits until all are acknowledged, or gives the first error.
	Send(records ...Record) error
	Begin() error
	// SendOffset commits an offset of a group with the transaction.
	SendOffset(group, topic string, partition int32, offset int64) error
	Commit() error
	Abort() error
	Close() error
}

// ReaderOptions are what a reader begins with.
type ReaderOptions struct {
	Topic         string
	From          map[int32]int64
	ReadCommitted bool
	OldProtocol   bool
}

// Earliest is the offset of a reader that begins where the partition begins.
const Earliest int64 = -2

// Reader gives records as they come.
type Reader interface {
	// Read gives what there is, perhaps nothing, after a quarter of a second at most.
	Read() ([]Record, error)
	Close() error
}

// SeekingReader also goes back, or forward.
type SeekingReader interface {
	Reader
	Seek(partition int32, offset int64) error
}

// MemberOptions are how a member joins its group. It never commits by itself; its heartbeats go out each second.
type MemberOptions struct {
	Group string
	// A topic, or the pattern of topics.
	Topic   string
	Pattern bool
	// Begins at the end, where nothing is committed: else at the beginning.
	AtEnd      bool
	InstanceID string
	ClientID   string
	// Moves only what must move, instead of giving up all partitions.
	Cooperative bool
	// The group protocol of KIP-848.
	ConsumerProtocol bool
	SessionTimeout   time.Duration
	OldProtocol      bool
}

// Member is a consumer in a group. It must be read from to take part.
type Member interface {
	Reader
	// Commit commits this offset, and waits.
	Commit(topic string, partition int32, offset int64) error
	// Assigned are the partitions that it has now, in order.
	Assigned() []int32
	// Revoked are the partitions that were ever taken from it.
	Revoked() []int32
}

// Unsupported is the error of a call that the client library does not have.
type Unsupported string

func (reason Unsupported) Error() string { return string(reason) }

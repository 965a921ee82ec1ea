// The scenarios of the compatibility suite with kafka-go of Segment.
package main

import (
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"samsa.test/compat"
)

const callTimeout = 60 * time.Second

type client struct {
	admin
	servers   []string
	transport *kafka.Transport
}

func main() {
	compat.Run(func(servers []string) (compat.Client, error) {
		transport := &kafka.Transport{MetadataTTL: time.Second}
		calls := admin{&kafka.Client{Addr: kafka.TCP(servers...), Timeout: callTimeout, Transport: transport}}
		return &client{calls, servers, transport}, nil
	})
}

func (*client) Code(err error) int {
	var several kafka.WriteErrors
	if errors.As(err, &several) {
		err = firstOf(several)
	}
	var tooLarge kafka.MessageTooLargeError
	if errors.As(err, &tooLarge) {
		return int(kafka.MessageSizeTooLarge)
	}
	var known kafka.Error
	if errors.As(err, &known) {
		return int(known)
	}
	return compat.UnknownCode
}

func firstOf(several kafka.WriteErrors) error {
	for _, err := range several {
		if err != nil {
			return err
		}
	}
	return nil
}

var codecs = map[string]kafka.Compression{
	"gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
}

func (client *client) NewProducer(options compat.ProducerOptions) (compat.Producer, error) {
	if options.TransactionalID != "" {
		return nil, compat.Unsupported("kafka-go writes no transactional batches")
	}
	if options.Idempotent {
		return nil, compat.Unsupported("kafka-go writes no idempotent batches")
	}
	if options.OldProtocol {
		connection, err := kafka.DialLeader(limited(), "tcp", client.servers[0], options.Topic, 0)
		return oldProducer{Conn: connection}, err
	}
	return producer{Writer: &kafka.Writer{
		Addr: client.Addr, Topic: options.Topic, Transport: client.transport, Balancer: kafka.BalancerFunc(named),
		Compression: codecs[options.Codec], RequiredAcks: kafka.RequireAll, BatchSize: 1000,
		BatchTimeout: 5 * time.Millisecond, MaxAttempts: 100, WriteBackoffMax: 100 * time.Millisecond,
	}}, nil
}

// named picks the partition that the record names.
func named(message kafka.Message, _ ...int) int {
	partition, _ := message.WriterData.(int)
	return partition
}

type producer struct {
	*kafka.Writer
	noTransactions
}

// Send stops early at a topic that is not there, which the writer would try for again and again.
func (producer producer) Send(records ...compat.Record) error {
	metadata, err := producer.Transport.RoundTrip(limited(), producer.Addr, metadataOf(producer.Topic))
	if err != nil {
		return err
	}
	if err := errorIn(metadata); err != nil {
		return err
	}
	messages := messagesOf(records)
	for deadline := time.Now().Add(callTimeout); ; time.Sleep(50 * time.Millisecond) {
		err := producer.WriteMessages(limited(), messages...)
		messages = withoutLeader(messages, err)
		if len(messages) == 0 || time.Now().After(deadline) {
			return err
		}
	}
}

// withoutLeader are those that the writer gave up because their partitions had no leader just then: for one it does not
// wait. None if it had other reasons too.
func withoutLeader(messages []kafka.Message, err error) (left []kafka.Message) {
	var several kafka.WriteErrors
	errors.As(err, &several)
	for place, one := range several {
		if errors.Is(one, protocol.ErrNoLeader) {
			left = append(left, messages[place])
		} else if one != nil {
			return nil
		}
	}
	return left
}

// oldProducer is the older half of the library, which speaks the versions of Kafka 2.2 at most.
type oldProducer struct {
	*kafka.Conn
	noTransactions
}

func (producer oldProducer) Send(records ...compat.Record) error {
	_, err := producer.WriteMessages(messagesOf(records)...)
	return err
}

func messagesOf(records []compat.Record) []kafka.Message {
	var messages []kafka.Message
	for _, record := range records {
		message := kafka.Message{
			WriterData: int(record.Partition), Key: record.Key, Value: record.Value, Time: record.Timestamp,
		}
		for _, header := range record.Headers {
			message.Headers = append(message.Headers, kafka.Header{Key: header.Key, Value: header.Value})
		}
		messages = append(messages, message)
	}
	return messages
}

type noTransactions struct{}

const noTransaction = compat.Unsupported("kafka-go writes no transactional batches")

func (noTransactions) Begin() error                                  { return noTransaction }
func (noTransactions) SendOffset(string, string, int32, int64) error { return noTransaction }
func (noTransactions) Commit() error                                 { return noTransaction }
func (noTransactions) Abort() error                                  { return noTransaction }

// limited is for a call that nothing else gives up.
func limited() context.Context {
	limit, cancel := context.WithTimeout(context.Background(), callTimeout)
	context.AfterFunc(limit, cancel)
	return limit
}

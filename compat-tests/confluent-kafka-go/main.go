// The scenarios of the compatibility suite with confluent-kafka-go, and the librdkafka that it brings.
package main

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"samsa.test/compat"
)

const callTimeout = 60 * time.Second

type client struct {
	admin
	servers string
}

func main() {
	compat.Run(func(servers []string) (compat.Client, error) {
		bootstrap := strings.Join(servers, ",")
		connection, err := kafka.NewAdminClient(&kafka.ConfigMap{"bootstrap.servers": bootstrap})
		return &client{admin{connection}, bootstrap}, err
	})
}

// The library's own words for what Kafka has a number for.
var ownCodes = map[kafka.ErrorCode]kafka.ErrorCode{
	kafka.ErrUnknownTopic: kafka.ErrUnknownTopicOrPart, kafka.ErrUnknownPartition: kafka.ErrUnknownTopicOrPart,
	kafka.ErrFenced: kafka.ErrProducerFenced,
}

func (*client) Code(err error) int {
	var known kafka.Error
	if !errors.As(err, &known) {
		return compat.UnknownCode
	}
	if code, is := ownCodes[known.Code()]; is {
		return int(code)
	}
	return int(known.Code())
}

// settings are those of all connections of a scenario, with more.
func (client *client) settings(isOld bool, more kafka.ConfigMap) *kafka.ConfigMap {
	settings := kafka.ConfigMap{"bootstrap.servers": client.servers, "topic.metadata.refresh.interval.ms": 1000}
	if isOld {
		settings["api.version.request"] = false
		settings["broker.version.fallback"] = "0.11.0"
	}
	maps.Copy(settings, more)
	return &settings
}

func (client *client) NewProducer(options compat.ProducerOptions) (compat.Producer, error) {
	settings := client.settings(options.OldProtocol, kafka.ConfigMap{
		"message.timeout.ms": int(callTimeout.Milliseconds()), "topic.metadata.propagation.max.ms": 5000,
		"enable.idempotence": options.Idempotent || options.TransactionalID != "",
		"linger.ms":          5, "queue.buffering.max.messages": 200_000,
	})
	if options.Codec != "" {
		(*settings)["compression.codec"] = options.Codec
	}
	if options.TransactionalID != "" {
		(*settings)["transactional.id"] = options.TransactionalID
	}
	connection, err := kafka.NewProducer(settings)
	if err != nil {
		return nil, err
	}
	go drop(connection.Events())
	if options.TransactionalID != "" {
		err = connection.InitTransactions(limited())
	}
	return &producer{connection, options.Topic}, err
}

// drop throws away what the library says of its connections: what matters comes with each record.
func drop(events chan kafka.Event) {
	for range events {
	}
}

type producer struct {
	*kafka.Producer
	topic string
}

func (producer *producer) Send(records ...compat.Record) error {
	reports := make(chan kafka.Event, len(records))
	for _, record := range records {
		message := &kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &producer.topic, Partition: record.Partition},
			Key:            record.Key, Value: record.Value, Timestamp: record.Timestamp,
		}
		for _, header := range record.Headers {
			message.Headers = append(message.Headers, kafka.Header{Key: header.Key, Value: header.Value})
		}
		if err := producer.Produce(message, reports); err != nil {
			return err
		}
	}
	var failure error
	for range records {
		if message, is := (<-reports).(*kafka.Message); is && message.TopicPartition.Error != nil {
			failure = message.TopicPartition.Error
		}
	}
	return failure
}

func (producer *producer) Begin() error  { return producer.BeginTransaction() }
func (producer *producer) Commit() error { return producer.CommitTransaction(limited()) }
func (producer *producer) Abort() error  { return producer.AbortTransaction(limited()) }

func (producer *producer) SendOffset(group, topic string, partition int32, offset int64) error {
	nobody, err := kafka.NewTestConsumerGroupMetadata(group)
	if err != nil {
		return err
	}
	return producer.SendOffsetsToTransaction(limited(), at(topic, partition, offset), nobody)
}

func (producer *producer) Close() error {
	producer.Producer.Close()
	return nil
}

func at(topic string, partition int32, offset int64) []kafka.TopicPartition {
	return []kafka.TopicPartition{{Topic: &topic, Partition: partition, Offset: kafka.Offset(offset)}}
}

// limited is for a call that nothing else gives up.
func limited() context.Context {
	limit, cancel := context.WithTimeout(context.Background(), callTimeout)
	context.AfterFunc(limit, cancel)
	return limit
}

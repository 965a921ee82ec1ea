// The scenarios of the compatibility suite with sarama.
package main

import (
	"errors"
	"time"

	"github.com/IBM/sarama"
	"samsa.test/compat"
)

type client struct {
	admin
	servers []string
}

func main() {
	compat.Run(func(servers []string) (compat.Client, error) {
		connection, err := sarama.NewClient(servers, settings(false))
		if err != nil {
			return nil, err
		}
		calls, err := sarama.NewClusterAdminFromClient(connection)
		return &client{admin{calls, connection}, servers}, err
	})
}

// settings are those of all connections of a scenario.
func settings(isOld bool) *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	if isOld {
		config.Version = sarama.V0_11_0_0
	}
	config.Metadata.RefreshFrequency = time.Second
	config.Consumer.Return.Errors = true
	config.Consumer.MaxWaitTime = 100 * time.Millisecond
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Retry.Max = 100
	return config
}

func (*client) Code(err error) int {
	var sent sarama.ProducerErrors
	if errors.As(err, &sent) {
		err = sent[0].Err
	}
	var topic *sarama.TopicError
	if errors.As(err, &topic) {
		return int(topic.Err)
	}
	var known sarama.KError
	if errors.As(err, &known) {
		return int(known)
	}
	return compat.UnknownCode
}

var codecs = map[string]sarama.CompressionCodec{
	"":       sarama.CompressionNone,
	"none":   sarama.CompressionNone,
	"gzip":   sarama.CompressionGZIP,
	"snappy": sarama.CompressionSnappy,
	"lz4":    sarama.CompressionLZ4,
	"zstd":   sarama.CompressionZSTD,
}

func (client *client) NewProducer(options compat.ProducerOptions) (compat.Producer, error) {
	config := settings(options.OldProtocol)
	config.Producer.Compression = codecs[options.Codec]
	if options.Idempotent || options.TransactionalID != "" {
		config.Producer.Idempotent = true
		config.Producer.Transaction.ID = options.TransactionalID
		config.Net.MaxOpenRequests = 1
	}
	connection, err := sarama.NewSyncProducer(client.servers, config)
	return &producer{connection, options.Topic}, err
}

type producer struct {
	sarama.SyncProducer
	topic string
}

func (producer *producer) Send(records ...compat.Record) error {
	var messages []*sarama.ProducerMessage
	for _, record := range records {
		message := &sarama.ProducerMessage{Topic: producer.topic, Partition: record.Partition, Timestamp: record.Timestamp}
		if record.Key != nil {
			message.Key = sarama.ByteEncoder(record.Key)
		}
		if record.Value != nil {
			message.Value = sarama.ByteEncoder(record.Value)
		}
		for _, header := range record.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header.Key), Value: header.Value})
		}
		messages = append(messages, message)
	}
	return producer.SendMessages(messages)
}

func (producer *producer) Begin() error  { return producer.BeginTxn() }
func (producer *producer) Commit() error { return producer.CommitTxn() }
func (producer *producer) Abort() error  { return producer.AbortTxn() }

func (producer *producer) SendOffset(group, topic string, partition int32, offset int64) error {
	committed := &sarama.PartitionOffsetMetadata{Partition: partition, Offset: offset}
	return producer.AddOffsetsToTxn(map[string][]*sarama.PartitionOffsetMetadata{topic: {committed}}, group)
}

func (client *client) NewReader(options compat.ReaderOptions) (compat.SeekingReader, error) {
	config := settings(options.OldProtocol)
	if options.ReadCommitted {
		config.Consumer.IsolationLevel = sarama.ReadCommitted
	}
	consumer, err := sarama.NewConsumer(client.servers, config)
	if err != nil {
		return nil, err
	}
	reader := &reader{inbox: newInbox(), consumer: consumer, topic: options.Topic, partitions: partitions{}}
	for partition, offset := range options.From {
		if err := reader.Seek(partition, offset); err != nil {
			return nil, err
		}
	}
	return reader, nil
}

type partitions map[int32]sarama.PartitionConsumer

type reader struct {
	inbox
	consumer   sarama.Consumer
	topic      string
	partitions partitions
}

// Seek ends the consumer of the partition, and makes a new one.
func (reader *reader) Seek(partition int32, offset int64) error {
	if before := reader.partitions[partition]; before != nil {
		if err := before.Close(); err != nil {
			return err
		}
	}
	consumer, err := reader.consumer.ConsumePartition(reader.topic, partition, offset)
	if err == nil {
		reader.partitions[partition] = consumer
		go takeAll(reader.inbox, consumer.Messages())
	}
	return err
}

func (reader *reader) Close() error {
	for _, partition := range reader.partitions {
		partition.AsyncClose()
	}
	return reader.consumer.Close()
}
